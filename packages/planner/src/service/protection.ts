import { countHealthy } from "./census.ts";
import type { Member } from "./census.ts";
import { countSurplus } from "./rolling-stops.ts";
import { countInTheWay, countStarts, isUnderWay } from "./rollout.ts";
import type { Rollout } from "./rollout.ts";

/** A member that would be stopped if it were not protected. */
export type HeldMember = Member & { readonly protectedUntil: number };

/** Those that keep the service from its goal, the first to lose their protection first. */
export function heldByProtection(
  rollout: Rollout,
  stops: readonly Member[],
): readonly HeldMember[] {
  const { kept, replaced } = rollout.census;
  const stopped = new Set(stops.map(({ task }) => task.id));
  const surplusLeft =
    countSurplus(rollout) - kept.filter(({ task }) => stopped.has(task.id)).length;
  return [
    ...heldSurplus(kept, surplusLeft),
    ...(areInTheWay(rollout) ? protectedOf(replaced) : []),
  ].toSorted((a, b) => a.protectedUntil - b.protectedUntil);
}

/** Of so many members too many, those that stay because they are protected, the first to lose that first. */
export const heldSurplus = (members: readonly Member[], surplus: number): readonly HeldMember[] =>
  protectedOf(members).slice(0, Math.max(0, surplus));

/** Whether those to be replaced are all that the service still waits for. */
const areInTheWay = (rollout: Rollout): boolean =>
  countHealthy(rollout.census.kept) >= rollout.desiredCount ||
  (countInTheWay(rollout) > 0 && countStarts(rollout) === 0 && !isUnderWay(rollout));

const protectedOf = (members: readonly Member[]): readonly HeldMember[] =>
  members
    .filter((member): member is HeldMember => member.protectedUntil !== undefined)
    .toSorted((a, b) => a.protectedUntil - b.protectedUntil);
