import type { Plan, PlanRequest, ReservedForecast } from "@berth/contracts/rest/plan";
import { findTaskDefinition } from "@berth/control-plane/commands/find-task-definition";
import type { CommandContext, ServiceControlPlane } from "@berth/control-plane/context";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { assumptionsFrom } from "./assumptions.ts";
import { checkCluster, taskDefinitionOf } from "./change.ts";
import { letHappen } from "./course.ts";
import type { Course } from "./course.ts";
import { countTasks } from "./forecast.ts";
import { readCluster } from "./read-cluster.ts";
import type { ClusterSnapshot } from "./read-cluster.ts";
import { standingAlarms } from "./standing-alarms.ts";
import { waitingTasks } from "./unplaced.ts";
import { planIdOf, versionsOf } from "./versions.ts";

/**
 * What would happen if this change were made now: the control plane itself does it, on a copy of the
 * cluster in memory and on a virtual clock. Nothing is written, and nobody is told.
 *
 * @throws EcsError what the operation itself would refuse; ClusterNotFoundException, InvalidParameterException, LimitExceededException
 */
export async function makePlan(
  context: CommandContext & ServiceControlPlane,
  request: PlanRequest,
): Promise<Plan> {
  const { change } = request;
  const snapshot = await readForChange(context, request);
  const cluster = snapshot.cluster.name;
  checkCluster(context, change, cluster);
  const assumptions = assumptionsFrom(request.assumptions, snapshot.tasks);
  const versions = versionsOf(snapshot, snapshot.changesTo);
  const planId = planIdOf(cluster, change, versions);
  const alarms = await standingAlarms(context, snapshot.services, change);
  const course = await letHappen(context, snapshot, { planId, change, assumptions, alarms });
  const { view, forecast, ends, endsAfterMs } = course;
  return {
    planId,
    cluster,
    madeAt: new Date(context.now()).toISOString(),
    change,
    assumptions,
    versions,
    ends,
    endsAfterMs,
    timeline: forecast.timeline,
    stepCount: forecast.stepCount,
    services: forecast.services(),
    capacity: {
      cpuUnits: reservedForecast("cpuUnits", snapshot, course),
      memoryMiB: reservedForecast("memoryMiB", snapshot, course),
    },
    unplaced: [...course.refused, ...waitingTasks(context.scope, view)],
    moves: course.moves,
    trippedBreakers: forecast.trippedBreakers,
    tasks: { ...countTasks(view), before: forecast.before },
  };
}

const reservedForecast = (
  resource: "cpuUnits" | "memoryMiB",
  { instances }: ClusterSnapshot,
  { view, forecast }: Course,
): ReservedForecast => ({
  registered: instances.reduce((sum, { instance }) => sum + instance.registered[resource], 0),
  before: forecast.reservedBefore[resource],
  most: forecast.mostReserved[resource],
  after: view.reserved[resource],
});

export interface SnapshotForChange extends ClusterSnapshot {
  /** `family:revision` that the change names, directly or by its family. */
  readonly changesTo: string | undefined;
}

/** The cluster, and of the change's task definition which one it is now. */
export async function readForChange(
  context: CommandContext,
  { cluster, change }: Pick<PlanRequest, "cluster" | "change">,
): Promise<SnapshotForChange> {
  const named = taskDefinitionOf(change);
  const [snapshot, definition] = await Promise.all([
    readCluster(context, cluster),
    named === undefined ? undefined : findTaskDefinition(context, named),
  ]);
  if (!definition) return { ...snapshot, changesTo: undefined };
  const changesTo = taskDefinitionName(definition);
  const definitions = new Map([...snapshot.definitions, [changesTo, definition]]);
  return { ...snapshot, definitions, changesTo };
}
