import { isTerminal } from "@berth/domain/service-deployment";
import type { ClusterView } from "./cluster-view.ts";
import type { World } from "./world.ts";

const LOOK_EVERY_MS = 1_000;
/** Longer than anything is silent that goes on by itself, other than by a mark or a throttle. */
const QUIET_MS = 60_000;
const MARKS_LOOKED_AT = 1_000;

export interface Course {
  readonly world: World;
  readonly view: ClusterView;
  /** Epoch ms: when the latest thing happened. */
  changedAt(): number;
}

/**
 * Lets things take their course until nothing more is to come, or until `end` (epoch ms). Waiting
 * for capacity that nothing will free is an end.
 */
export async function settle(course: Course, end: number): Promise<"settled" | "horizon"> {
  const { world } = course;
  while (world.scheduler.now < end) {
    await world.scheduler.runUntil(Math.min(end, world.scheduler.now + LOOK_EVERY_MS));
    if (world.bugs.length > 0) throw world.bugs[0];
    if (await isSettled(course, end)) return "settled";
  }
  return "horizon";
}

async function isSettled(course: Course, end: number): Promise<boolean> {
  const { world, view } = course;
  const { now } = world.scheduler;
  if (course.changedAt() + QUIET_MS > now) return false;
  const throttled = [...view.services.values()].some(({ deployments, taskSets = [] }) =>
    [...deployments, ...taskSets.map(({ failures }) => failures)].some(
      ({ throttledUntil = 0 }) => throttledUntil > now,
    ),
  );
  return (
    !throttled && !isBaking(view) && !hasTaskUnderWay(course) && !(await expectsLoss(world, end))
  );
}

/** A deployment is yet to be complete, although nothing happens any more. */
const isBaking = (view: ClusterView): boolean =>
  [...view.services.values()].some(({ serviceDeployments }) =>
    serviceDeployments.some(
      (each) => !isTerminal(each) && !each.rollback && each.alarms?.bakingSince !== undefined,
    ),
  );

/** Some agent is still to start or stop something. */
function hasTaskUnderWay({ world, view }: Course): boolean {
  const present = new Set(world.agents.filter(({ isOn }) => isOn).map(({ id }) => id));
  return [...view.tasks.values()].some(
    (task) =>
      (task.lastStatus === "PENDING" || task.desiredStatus === "STOPPED") &&
      present.has(task.containerInstanceId),
  );
}

/** An instance is yet to be given up, or to be tidied. */
async function expectsLoss(world: World, end: number): Promise<boolean> {
  const marks = await world.truth.overdue(end, MARKS_LOOKED_AT);
  return marks.some(({ kind }) => kind === "session" || kind === "ledger");
}
