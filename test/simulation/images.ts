/** What containers do, by the name of their image. */
export const GOOD_IMAGE = "good";
/** Never starts: a crash loop. */
export const BROKEN_IMAGE = "broken";
/** Runs, and exits with an error after a moment. */
export const CRASHING_IMAGE = "crashing";
/** Runs, and never passes its health check. */
export const SICK_IMAGE = "sick";
/** Exits by itself, as it should. */
export const ONE_OFF_IMAGE = "one-off";

/** How long its check fails before a container counts as UNHEALTHY. */
export const SICK_AFTER_MS = 20_000;

/** No deployment of these is ever a success. */
export const NEVER_HEALTHY: ReadonlySet<string> = new Set([BROKEN_IMAGE, SICK_IMAGE]);
