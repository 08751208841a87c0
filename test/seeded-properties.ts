import { configureGlobal } from "fast-check";

const { PROPERTY_SEED = "1" } = process.env;

// Properties draw the same in each run: what was green stays so until something changes.
if (PROPERTY_SEED !== "random") configureGlobal({ seed: Number(PROPERTY_SEED) });
