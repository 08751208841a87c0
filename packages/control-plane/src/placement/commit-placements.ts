import { assert } from "@berth/domain/errors";
import type { Demand } from "@berth/domain/resources";
import type { Task } from "@berth/domain/task";
import type { Placement, PlacementPlan } from "@berth/planner/placement/place";
import type { New, Stored, StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { tellAgents } from "../reconcile/tell-agents.ts";
import type { TaskPlace } from "./new-task.ts";
import { releaseReservations, withReservations } from "./reservations.ts";

/** How often it does so by what this process knows, before it reads all instances. */
const ROUNDS_BY_VIEW = 3;

/** How often a batch that loses the race for an instance chooses again before it gives up. */
const MAX_ROUNDS = 50;

export interface PlacementOutcome {
  /** In no particular order; tasks that were there already are among them. */
  readonly placed: readonly Stored<Task>[];
  readonly unplaced: readonly Unplaced[];
}

type Unplaced = PlacementPlan["unplaced"][number];

export interface PlacementBatch {
  readonly cluster: string;
  readonly taskIds: readonly string[];
  readonly demand: Demand;
  readonly board: Board;
  /** Epoch ms: nothing is started later; what is left over is neither placed nor unplaced. */
  readonly startBefore?: number;
  /** Decides where tasks go, by the board as it is now. */
  choose(taskIds: readonly string[], round: number): PlacementPlan;
  newTask(place: TaskPlace): New<Task>;
}

/** The instances that are chosen from, as last seen. */
export interface Board {
  get(id: string): StoredInstance | undefined;
  ids(): Iterable<string>;
  take(seen: StoredInstance): void;
  drop(id: string): void;
  /** Reads all anew; false where it was read anew for this batch already. */
  reread(): Promise<boolean>;
}

/**
 * Chooses, reserves in one conditional write per instance, then writes the tasks; whoever lost the
 * race for an instance reads that instance again and chooses again. What finds no place, or goes on
 * losing, chooses once more by all instances as they are now.
 */
export async function commitPlacements(
  controlPlane: ControlPlane,
  batch: PlacementBatch,
): Promise<PlacementOutcome> {
  const { board } = batch;
  const placed: Stored<Task>[] = [];
  const unplaced: Unplaced[] = [];
  let waiting = batch.taskIds;
  const { startBefore = Number.POSITIVE_INFINITY } = batch;
  for (let round = 0; waiting.length > 0 && round < MAX_ROUNDS; round += 1) {
    if (controlPlane.now() > startBefore) return { placed, unplaced };
    const plan = batch.choose(waiting, round);
    const starts = await Promise.all(
      startsByInstance(plan, board).map((start) => startOn(controlPlane, batch, start)),
    );
    placed.push(...starts.flatMap((start) => start.placed));
    waiting = starts.flatMap((start) => start.again);
    const isDoubtful = plan.unplaced.length > 0 || (waiting.length > 0 && round >= ROUNDS_BY_VIEW);
    if (isDoubtful && (await board.reread())) {
      waiting = [...waiting, ...plan.unplaced.map(({ taskId }) => taskId)];
    } else unplaced.push(...plan.unplaced);
  }
  unplaced.push(...waiting.map((taskId) => contended(taskId, board.ids())));
  if (unplaced.length > 0) controlPlane.metrics.record("PlacementFailures", unplaced.length);
  return { placed, unplaced };
}

interface Start {
  readonly on: StoredInstance;
  readonly places: readonly Placement[];
}

function startsByInstance(plan: PlacementPlan, board: Board): readonly Start[] {
  const byInstance = Map.groupBy(plan.placed, (each) => each.containerInstanceId);
  return [...byInstance].map(([containerInstanceId, places]) => {
    const on = board.get(containerInstanceId);
    assert(on, `a place on ${containerInstanceId}, which is no candidate`);
    return { on, places };
  });
}

interface StartOutcome {
  readonly placed: readonly Stored<Task>[];
  readonly again: readonly string[];
}

async function startOn(
  controlPlane: ControlPlane,
  batch: PlacementBatch,
  { on, places }: Start,
): Promise<StartOutcome> {
  const { store } = controlPlane;
  const taskIds = places.map(({ taskId }) => taskId);
  const reservation = { ...batch.demand, reservedAt: controlPlane.now() };
  const ledger = withReservations(on, taskIds, reservation);
  if ((await store.instances.replaceLedger(ledger)) === "conflict") {
    const instance = await store.instances.find(batch.cluster, on.ledger.id);
    if (instance) batch.board.take(instance);
    else batch.board.drop(on.ledger.id);
    return { placed: [], again: taskIds };
  }
  batch.board.take({ ...on, ledger: { ...ledger, version: ledger.version + 1 } });
  const { reservedAt } = reservation;
  const created = await Promise.all(
    places.map(async (place) => ({
      taskId: place.taskId,
      task: await createTask(controlPlane, batch, { on: { ...on, ledger }, place, reservedAt }),
    })),
  );
  const placed = created.flatMap(({ task }) => (task ? [task] : []));
  await tellAgents(controlPlane, placed);
  return {
    placed,
    again: created.flatMap(({ task, taskId }) => (task ? [] : [taskId])),
  };
}

interface ReservedPlace {
  /** With what is reserved for the task. */
  readonly on: StoredInstance;
  readonly place: Placement;
  readonly reservedAt: number;
}

/** `undefined` where the place has to be chosen again. */
async function createTask(
  controlPlane: ControlPlane,
  batch: PlacementBatch,
  { on, place, reservedAt }: ReservedPlace,
): Promise<Stored<Task> | undefined> {
  const { store, settings } = controlPlane;
  const { taskId } = place;
  const giveBack = () => releaseReservations(controlPlane, batch.cluster, on.ledger.id, [taskId]);
  // Whoever planned this may have taken it back, and the sweep takes a reservation without a task for an orphan's; a task must never follow that.
  const { startBefore = Number.POSITIVE_INFINITY } = batch;
  const latest = Math.min(startBefore, reservedAt + settings.orphanedReservationMs / 2);
  if (controlPlane.now() > latest) {
    await giveBack();
    return undefined;
  }
  const task = batch.newTask(taskPlace(on, place));
  if ((await store.tasks.create(task)) === "ok") return { ...task, version: 1 };
  const [existing] = await store.tasks.findMany(batch.cluster, [taskId]);
  if (!holdsPlace(existing, on.ledger.id)) await giveBack();
  return existing;
}

const holdsPlace = (task: Task | undefined, containerInstanceId: string): boolean =>
  task?.containerInstanceId === containerInstanceId && task.lastStatus !== "STOPPED";

function taskPlace(
  { instance, ledger }: StoredInstance,
  { taskId, decision }: Placement,
): TaskPlace {
  const gpuIds = ledger.reservations[taskId]?.gpuIds;
  const zone = instance.attributes.find(({ name }) => name === "ecs.availability-zone")?.value;
  return {
    taskId,
    containerInstanceId: instance.id,
    ...(zone !== undefined && { availabilityZone: zone }),
    ...(gpuIds && { gpuIds }),
    ...(decision && { placement: { kind: "chosen", ...decision } }),
  };
}

/** A sentence that ECS has for capacity which others were faster to take. */
const UNAVAILABLE =
  "Capacity is unavailable at this time. Please try again later or in a different availability zone";

const contended = (taskId: string, instanceIds: Iterable<string>): Unplaced => ({
  taskId,
  failures: Array.from(instanceIds, (containerInstanceId) => ({
    containerInstanceId,
    reason: UNAVAILABLE,
    detail: `Other placements were faster, ${MAX_ROUNDS} times over.`,
  })),
});
