import type { PlacementFailure, PlannedStart, Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { namedDefinitions } from "@berth/domain/task-source";
import { checkedContainers } from "@berth/domain/task-definition/checked-containers";
import { planService } from "@berth/planner/service/plan-service";
import { START_WITHIN_MS } from "@berth/planner/service/planned-starts";
import type { ServicePlan } from "@berth/planner/service/plan-service";
import type { Stored } from "@berth/store/store";
import { readAlarms } from "../alarms/look-at-alarms.ts";
import type { ControlPlane, ServiceControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { randomTaskId, randomUuid } from "../random-ids.ts";
import { isOutstanding } from "./dispatch.ts";
import { retireRevisions, writeHistory } from "./service-history.ts";
import { startPlanned } from "./service-starts.ts";
import { archiveStopped, orderStops } from "./service-stops.ts";
import { readGround } from "./service-ground.ts";
import { withDue } from "./persist.ts";
import { wakeDispatch } from "./wake-dispatch.ts";
import { wakeLater } from "./wake-later.ts";

type Failures = Readonly<Record<string, readonly PlacementFailure[]>>;

/** More than any service needs in one go; what is left is done after the next wake-up. */
const MAX_ROUNDS = 30;

/**
 * Brings one service towards its desired state, as far as that can be done now. Every round reads
 * anew, plans, commits the service first and then carries out what was committed, so any number of
 * these may run at once, die between two writes, or be repeated.
 */
export async function reconcileService(
  controlPlane: ServiceControlPlane,
  cluster: string,
  name: string,
): Promise<void> {
  let failures: Failures = {};
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = await reconcileOnce(controlPlane, cluster, name, failures);
    if (next === "settled") return;
    if (next !== "conflict") failures = next;
  }
  await controlPlane.relay.wake({ kind: "service", cluster, service: name });
}

async function reconcileOnce(
  controlPlane: ServiceControlPlane,
  cluster: string,
  name: string,
  placementFailures: Failures,
): Promise<Failures | "settled" | "conflict"> {
  const startBefore = controlPlane.now() + START_WITHIN_MS;
  const service = await controlPlane.store.services.findLatest(cluster, name);
  if (!service) return "settled";
  const tasks = await controlPlane.store.tasks.ofGroup(cluster, serviceGroup(name));
  const definitions = await definitionsNamed(controlPlane, [
    ...namedDefinitions(service),
    ...tasks.map((task) => task.taskDefinition),
  ]);
  const definition = definitions.get(service.taskDefinition ?? "");
  const ground = await readGround(controlPlane, service, tasks, definition);
  const alarms = await readAlarms(controlPlane, service);
  const plan = planService({
    service,
    tasks,
    placementFailures,
    checkedContainers: checkedByDefinition(definitions),
    ...ground,
    ...alarms,
    now: controlPlane.now(),
    settings: controlPlane.settings,
  });

  const wanted = committed(controlPlane, service, plan);
  const busy = hasWork(plan, wanted, placementFailures);
  const unsettled = busy || !isAtRest(wanted, tasks);
  const wakeAt = busy ? undefined : plan.wakeAt;
  const outcome = await commit(controlPlane, service, { wanted, wakeAt, unsettled, definitions });
  if (outcome === "conflict") return "conflict";
  if (isMarkUp(controlPlane, service)) await tellAgain(controlPlane, tasks);
  if (!busy) return "settled";
  await carryOutStops(controlPlane, plan, tasks);
  const untried = wanted.plannedStarts.filter(({ taskId }) => !(taskId in placementFailures));
  const failures = await startPlanned(controlPlane, wanted, untried, {
    definitions,
    tasks,
    startBefore,
  });
  return { ...placementFailures, ...failures };
}

/** Nothing of it is still to happen by itself, and no agent has anything to do for it. */
const isAtRest = ({ status, steady }: Service, tasks: readonly Task[]): boolean =>
  status === "INACTIVE" ? tasks.length === 0 : steady && !tasks.some(isOutstanding);

/** The service as planned, with the ids that a pure plan cannot make. */
function committed(
  controlPlane: ControlPlane,
  before: Stored<Service>,
  plan: ServicePlan,
): Service {
  if (plan.service === before && plan.starts.length === 0 && plan.events.length === 0) {
    return before;
  }
  const now = controlPlane.now();
  const starts: readonly PlannedStart[] = plan.starts.flatMap(({ count, ...what }) =>
    Array.from({ length: count }, () => ({
      ...what,
      taskId: randomTaskId(controlPlane, serviceGroup(before.name)),
      decidedAt: now,
    })),
  );
  return {
    ...plan.service,
    plannedStarts: [...plan.service.plannedStarts, ...starts],
    // A millisecond apart, so that they keep their order wherever they are sorted by time.
    newEvents: plan.events.map((message, index) => ({
      id: randomUuid(controlPlane),
      createdAt: now + index,
      message,
    })),
  };
}

/** Whether something of the plan is still to be carried out after the commit. */
function hasWork(plan: ServicePlan, wanted: Service, failures: Failures): boolean {
  return (
    plan.stops.length > 0 ||
    plan.archive.length > 0 ||
    wanted.plannedStarts.some(({ taskId }) => !(taskId in failures))
  );
}

interface Commit {
  readonly wanted: Service;
  /** Epoch ms. */
  readonly wakeAt: number | undefined;
  /** Something of the service is still to happen. */
  readonly unsettled: boolean;
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
}

/**
 * Writes what is wanted, with the mark that it needs. While work follows, the mark covers a death
 * in its midst; afterwards it says when to look again, which an unsettled service always has: the
 * message that would have woken it, or told an agent of its tasks, may be lost.
 */
async function commit(
  controlPlane: ControlPlane,
  before: Stored<Service>,
  { wanted, wakeAt, unsettled, definitions }: Commit,
): Promise<"ok" | "conflict"> {
  const now = controlPlane.now();
  const backstop = unsettled ? now + controlPlane.settings.dispatchRetryMs : undefined;
  const due = earliest(wakeAt, backstop);
  // What is at rest keeps no earlier mark: the sweep would wake it for nothing.
  const markStands =
    before.due === due || (unsettled && due !== undefined && stillAhead(before.due, now, due));
  if (wanted === before && markStands) return "ok";
  // What the commit before has left to be told goes into items of its own before it is overwritten.
  await writeHistory(controlPlane, { before, wanted, definitions });
  const { version } = before;
  const outcome = await controlPlane.store.services.replace(withDue({ ...wanted, version }, due));
  if (outcome === "ok") await retireRevisions(controlPlane, { before, wanted });
  if (outcome === "ok" && wakeAt !== undefined) {
    const message = { kind: "service", cluster: before.cluster, service: before.name } as const;
    await wakeLater(controlPlane, message, wakeAt);
  }
  return outcome;
}

const isMarkUp = (controlPlane: ControlPlane, { due }: Stored<Service>): boolean =>
  due !== undefined && due <= controlPlane.now();

/** Has agents told again of what they should have done by now. */
async function tellAgain(controlPlane: ControlPlane, tasks: readonly Task[]): Promise<void> {
  const before = controlPlane.now() - controlPlane.settings.dispatchRetryMs;
  await wakeDispatch(
    controlPlane,
    tasks.filter((task) => isOutstanding(task) && (task.stoppingAt ?? task.createdAt) <= before),
  );
}

/** A mark that will come up in time need not be written anew. */
const stillAhead = (mark: number | undefined, now: number, due: number): boolean =>
  mark !== undefined && mark > now && mark <= due;

function earliest(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined) return second;
  return second === undefined ? first : Math.min(first, second);
}

async function carryOutStops(
  controlPlane: ControlPlane,
  plan: ServicePlan,
  tasks: readonly Stored<Task>[],
): Promise<void> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  await orderStops(controlPlane, plan, byId);
  await archiveStopped(
    controlPlane,
    plan.archive.flatMap((taskId) => byId.get(taskId) ?? []),
  );
}

const checkedByDefinition = (
  definitions: ReadonlyMap<string, TaskDefinition>,
): Record<string, readonly string[]> =>
  Object.fromEntries(
    [...definitions].map(([name, definition]) => [name, checkedContainers(definition)]),
  );
