import { join, resolve } from "node:path";

/** The repository. */
export const ROOT = resolve(import.meta.dirname, "../..");
/** What SST and these tests write; not in git. */
export const SST_HOME = join(ROOT, ".sst");
export const PLATFORM = join(SST_HOME, "platform");
export const ENTRIES = join(ROOT, "packages/functions/src/entry");
export const BUNDLES = join(SST_HOME, "bundles");
export const RECORDINGS = join(SST_HOME, "recordings");
/** Programs that npm brought. */
export const program = (name: string): string => join(ROOT, "node_modules/.bin", name);
