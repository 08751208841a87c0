import type { Plan, PlanAssumptions, PlannedChange } from "@berth/contracts/rest/plan";
import type { Alarms, CommandContext } from "@berth/control-plane/context";
import { rebalanceService } from "@berth/control-plane/rest/rebalance-service";
import { lastSegment } from "@berth/domain/arn";
import { healthChecks } from "../world/behaviour.ts";
import type { ClusterView } from "../world/cluster-view.ts";
import { settle } from "../world/settle.ts";
import type { World } from "../world/world.ts";
import { carryOut, isOperation, lose, withTaskDefinition } from "./change.ts";
import type { Operation } from "./change.ts";
import { copyCluster } from "./copy-cluster.ts";
import { Forecast } from "./forecast.ts";
import type { SnapshotForChange } from "./make-plan.ts";
import { refusedTasks } from "./unplaced.ts";

/** What became of a change. */
export interface Course {
  readonly view: ClusterView;
  readonly forecast: Forecast;
  readonly ends: Plan["ends"];
  readonly endsAfterMs: number;
  /** Tasks that RunTask did not place. */
  readonly refused: Plan["unplaced"];
  readonly moves: Plan["moves"];
}

interface Assumed {
  readonly planId: string;
  readonly change: PlannedChange;
  readonly assumptions: PlanAssumptions;
  readonly alarms: Alarms;
}

/** Which tasks never run, where that is assumed: new ones, of the deployment that the change made. */
interface Failing {
  isNew(taskId: string): boolean;
  deploymentId?: string | undefined;
}

/** Makes the change to a copy of the cluster and lets it take its course. */
export async function letHappen(
  context: CommandContext,
  snapshot: SnapshotForChange,
  { planId, change, assumptions, alarms }: Assumed,
): Promise<Course> {
  const { horizonMs } = assumptions;
  const failing: Failing = { isNew: () => false };
  const { world, view } = await copyCluster(context, snapshot, {
    seed: Number.parseInt(planId.slice(0, 8), 16),
    farMs: FAR_HORIZONS * horizonMs,
    alarms,
    behaviour: (copied) => (task) => ({
      startMs: assumptions.startMs,
      stopMs: assumptions.stopMs,
      failsToStart: assumptions.tasksFail && doesFail(copied, failing, lastSegment(task.arn)),
      ...healthChecks(copied.definitions.get(`${task.family}:${task.version}`)),
    }),
  });
  const forecast = new Forecast(view, world.scheduler, context.scope);
  failing.isNew = (taskId) => forecast.isNew(taskId);
  const start = world.scheduler.now;
  const cluster = snapshot.cluster.name;
  const exact = withTaskDefinition(change, snapshot.changesTo);
  const said = isOperation(exact)
    ? await askFor(world, exact, snapshot)
    : await lose(world, exact, cluster, assumptions.hostNotice);
  failing.deploymentId = said?.deploymentId;
  const course = { world, view, changedAt: () => forecast.changedAt };
  const ends = await settle(course, start + horizonMs);
  return {
    view,
    forecast,
    ends,
    refused: said?.refused ?? [],
    moves: said?.moves ?? [],
    endsAfterMs: forecast.changedAt - start,
  };
}

/** What the answer to an operation says of what comes. */
interface Answered extends Pick<Course, "refused" | "moves"> {
  readonly deploymentId: string | undefined;
}

async function askFor(
  world: World,
  change: Operation,
  snapshot: SnapshotForChange,
): Promise<Answered> {
  const cluster = snapshot.cluster.name;
  const answer = await carryOut(change, cluster, {
    call: async (name, request) => world.call(name, request),
    rebalance: async (service) =>
      world.inProcess(async (context) => rebalanceService(context, { cluster, service })),
  });
  return {
    refused: refusedTasks(change, answer, snapshot),
    moves: "moves" in answer ? answer.moves : [],
    deploymentId: newSourceOf(answer),
  };
}

/** The deployment or task set of which the change starts tasks, where it is about one. */
function newSourceOf(answer: Awaited<ReturnType<typeof carryOut>>): string | undefined {
  if ("taskSet" in answer) return answer.taskSet?.id;
  return "service" in answer ? answer.service?.deployments?.[0]?.id : undefined;
}

/** Beyond anything that is looked at. */
const FAR_HORIZONS = 10;

function doesFail(view: ClusterView, failing: Failing, taskId: string): boolean {
  const { deploymentId } = failing;
  const startedBy = view.tasks.get(taskId)?.startedBy;
  return failing.isNew(taskId) && (deploymentId === undefined || startedBy === deploymentId);
}
