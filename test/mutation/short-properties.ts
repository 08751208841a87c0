import { configureGlobal } from "fast-check";

/** A planted fault is played against some fifty properties: each has so long to notice it. */
const PATIENCE_MS = 1_500;

// Which case fails is not asked for here, so that none is made smaller.
configureGlobal({ interruptAfterTimeLimit: PATIENCE_MS, endOnFailure: true });
