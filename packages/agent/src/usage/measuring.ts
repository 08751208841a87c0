import type { ConfigReader } from "../config-reader.ts";

export interface Measuring {
  /** How often each running container is measured; absent where none is. */
  readonly measureEveryMs?: number;
}

/** ECS's own range. Source: ECS developer guide, "Amazon ECS container agent configuration". */
const EVERY_MS = { least: 5_000, usual: 10_000, most: 20_000 };

/** This agent always polls, so ECS_POLL_METRICS makes no difference. */
export function readMeasuring(read: ConfigReader): Measuring {
  const everyMs = read.duration("ECS_POLLING_METRICS_WAIT_DURATION", EVERY_MS.least);
  if (read.flag("ECS_DISABLE_METRICS") ?? false) return {};
  return { measureEveryMs: Math.min(everyMs ?? EVERY_MS.usual, EVERY_MS.most) };
}
