import type { ServiceExplanation, TaskExplanation } from "@berth/contracts/rest/explanation";
import { explainService } from "@berth/control-plane/rest/explain-service";
import { explainTask } from "@berth/control-plane/rest/explain-task";
import type { Service } from "@berth/domain/service";
import { serviceNameOf } from "@berth/domain/task";
import type { Task } from "@berth/domain/task";
import type { World } from "@berth/simulator/world/world";
import type { Snapshot } from "./invariants.ts";
import { onlookerOf } from "./onlooker.ts";

/**
 * I28: what Berth says of its services and tasks, held against the very state that it says it of.
 * Empty where all is said and nothing is wrong.
 */
export async function whatIsNotExplained(
  world: World,
  snapshot: Snapshot,
): Promise<readonly string[]> {
  const { services, live } = snapshot;
  const explained = await Promise.all([
    ...[...services.values()].map(async ({ name }) =>
      faultsOf(
        `service ${name}`,
        serviceFaults(await explainService(onlookerOf(world), { service: name })),
      ),
    ),
    ...[...live.values(), ...unexplained(snapshot)].map(async ({ id }) =>
      faultsOf(`task ${id}`, taskFaults(await explainTask(onlookerOf(world), { task: id }))),
    ),
  ]);
  return explained.flat();
}

/** With which state of its service an archived task was last explained: nothing else changes what is said of it. */
const explainedWith = new WeakMap<Task, Service | undefined>();

/** Archived tasks of which something else may be said than the last time; while there is a live one, that is told of. */
function unexplained({ services, live, archived }: Snapshot): readonly Task[] {
  return [...archived.values()].filter((task) => {
    if (live.has(task.id)) return false;
    const service = services.get(serviceNameOf(task) ?? "");
    if (explainedWith.has(task) && explainedWith.get(task) === service) return false;
    explainedWith.set(task, service);
    return true;
  });
}

function faultsOf(what: string, faults: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(faults).flatMap(([fault, is]) => (is ? [`I28 ${what} ${fault}`] : []));
}

function serviceFaults(explained: ServiceExplanation) {
  const { progress, placements, waiting, runningCount, latestChange } = explained;
  const desiredCount = explained.taskSets
    ? explained.taskSets.reduce((sum, set) => sum + set.computedDesiredCount, 0)
    : explained.desiredCount;
  const kinds = progress.map(({ kind }) => kind);
  return {
    "is left unexplained": kinds.length === 0,
    "is said to be steady and more": kinds.includes("steady") && kinds.length > 1,
    "is said to be steady and is not": kinds.includes("steady") && runningCount < desiredCount,
    "waits and does not say so": waiting.length > 0 && !kinds.includes("unplaced"),
    "waits and is not held against the cluster": waiting.length !== 0 && placements.length === 0,
    "fits, and would fit if something changed": placements.some(
      ({ fittingCount, counterfactuals }) => fittingCount > 0 && counterfactuals.length > 0,
    ),
    "fits, and there is no best instance": placements.some(
      ({ fittingCount, ranked }) => fittingCount > 0 !== ranked.length > 0,
    ),
    "was asked for by nobody": latestChange === undefined,
  };
}

function taskFaults({ lastStatus, desiredStatus, waiting, stop, history }: TaskExplanation) {
  const first = history.at(0)?.cause.kind ?? "";
  const last = stop?.causes.at(-1);
  return {
    "came from nowhere": !["api", "deployment", "taskSet", "serviceChange"].includes(first),
    "starts or stops, and waits for nothing": lastStatus !== desiredStatus && !waiting,
    "is over, and waits for something": lastStatus === "STOPPED" && waiting !== undefined,
    "stops for no reason": desiredStatus === "STOPPED" && last === undefined,
    "runs, and has a reason to stop": desiredStatus === "RUNNING" && stop !== undefined,
  };
}
