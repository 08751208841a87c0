import type { Member } from "./census.ts";

/**
 * Members in the order in which to stop them, where any would do: those that serve least first;
 * among equals from the availability zone with most tasks left, then from the container instance
 * with most, then the oldest. Equal sets give equal orders. Source: ECS developer guide, scale-in.
 */
export function* inStopOrder(members: readonly Member[]): Generator<Member, void> {
  const perZone = countBy(members, zoneOf);
  const perInstance = countBy(members, instanceOf);
  const before = (a: Member, b: Member): number =>
    USEFULNESS[a.condition] - USEFULNESS[b.condition] ||
    crowd(perZone, zoneOf(b)) - crowd(perZone, zoneOf(a)) ||
    crowd(perInstance, instanceOf(b)) - crowd(perInstance, instanceOf(a)) ||
    a.task.createdAt - b.task.createdAt ||
    (a.task.id < b.task.id ? -1 : 1);

  const left = new Set(members);
  while (left.size > 0) {
    const next = [...left].reduce((best, each) => (before(each, best) < 0 ? each : best));
    left.delete(next);
    yield next;
    perZone.set(zoneOf(next), crowd(perZone, zoneOf(next)) - 1);
    perInstance.set(instanceOf(next), crowd(perInstance, instanceOf(next)) - 1);
  }
}

const USEFULNESS: Readonly<Record<Member["condition"], number>> = {
  PENDING: 0,
  UNHEALTHY: 1,
  WARMING: 2,
  HEALTHY: 3,
};

const crowd = (counts: Map<string, number>, key: string): number => counts.get(key) ?? 0;
const zoneOf = (member: Member): string => member.task.availabilityZone ?? "";
const instanceOf = (member: Member): string => member.task.containerInstanceId;

function countBy(
  members: readonly Member[],
  keyOf: (member: Member) => string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const member of members) counts.set(keyOf(member), (counts.get(keyOf(member)) ?? 0) + 1);
  return counts;
}
