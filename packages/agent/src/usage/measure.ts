import type { OpenEngine } from "../docker/open-engine.ts";
import type { Log } from "../log.ts";
import { isInternal } from "../pause.ts";
import type { ManagedTask } from "../state.ts";
import type { TakeUsage } from "../session/telemetry.ts";
import type { Measuring } from "./measuring.ts";
import { withNetworkShare } from "./network-share.ts";
import { Sampler } from "./sampler.ts";

export interface MeasureParts {
  readonly config: Measuring;
  readonly engine: Pick<OpenEngine, "readContainer">;
  readonly runner: { readonly tasks: readonly ManagedTask[] };
  readonly capacity: { readonly cpuUnits: number };
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Half the shortest interval: who is asked again has been given up before. */
const DEADLINE_MS = 2_500;

/** Measures what runs until the signal aborts, unless that is switched off. */
export function measure(parts: MeasureParts): TakeUsage {
  const { config, engine, runner, capacity, log, signal } = parts;
  if (!engine.readContainer || config.measureEveryMs === undefined) return () => undefined;
  const sampler = new Sampler({
    read: withNetworkShare(engine.readContainer, () => runner.tasks),
    running: () => runningIds(runner.tasks),
    cpuUnits: capacity.cpuUnits,
    everyMs: config.measureEveryMs,
    deadlineMs: DEADLINE_MS,
    log,
  });
  sampler.start(signal);
  return (dockerId) => sampler.take(dockerId);
}

const runningIds = (tasks: readonly ManagedTask[]): readonly string[] =>
  tasks.flatMap(({ containers }) =>
    containers.flatMap(({ phase, dockerId, name }) =>
      phase === "RUNNING" && dockerId !== undefined && !isInternal(name) ? [dockerId] : [],
    ),
  );
