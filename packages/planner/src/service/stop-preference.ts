import type { ProviderShare } from "@berth/domain/capacity-provider";
import type { PlacementStrategy } from "@berth/domain/service";
import { excessOf } from "../capacity/share-out.ts";
import type { Member } from "./census.ts";

/** What the order of stops may depend on of the instances that hold tasks, by instance id. */
export type StopSites = Readonly<Record<string, StopSite>>;

export interface StopSite {
  /** What is left of it now. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Members in the order in which to stop them, where any would do.
 *
 * @param all Those among them that may not be stopped count as well, where balance is kept.
 */
export type StopOrder = (
  candidates: readonly Member[],
  all?: readonly Member[],
) => Generator<Member, void>;

/** What the order follows: a placement strategy, or a capacity provider strategy as a whole. */
export type StopStep =
  | PlacementStrategy
  | { readonly type: "providers"; readonly shares: readonly ProviderShare[] };

/**
 * The order that follows a placement strategy: those that serve least first; among equals `spread`
 * takes from where most are, `binpack` from the instance that would then have most left, and so
 * comes to empty one; then the oldest. Equal sets give equal orders. Source: ECS developer guide,
 * task placement strategies and scale-in.
 */
export function stopOrder(strategy: readonly StopStep[], sites: StopSites): StopOrder {
  return function* inStopOrder(candidates, all = candidates) {
    const given = { all, sites };
    const preferences = withInstances(strategy).map((step) => preferenceOf(step, given));
    const before = (a: Member, b: Member): number =>
      USEFULNESS[a.condition] - USEFULNESS[b.condition] ||
      firstDifference(preferences, a, b) ||
      a.task.createdAt - b.task.createdAt ||
      (a.task.id < b.task.id ? -1 : 1);
    const left = new Set(candidates);
    while (left.size > 0) {
      const next = [...left].reduce((best, each) => (before(each, best) < 0 ? each : best));
      left.delete(next);
      yield next;
      for (const preference of preferences) preference.stopped(next);
    }
  };
}

/** Whether the order depends on more of the instances than the tasks themselves tell. */
export const dependsOnSites = (strategy: readonly PlacementStrategy[]): boolean =>
  strategy.some(
    ({ type, field }) =>
      type === "binpack" || (type === "spread" && !(field !== undefined && TASK_KEYS.has(field))),
  );

/** As placement does: what spreads at last, spreads over the instances in the end. */
const withInstances = (strategy: readonly StopStep[]): readonly StopStep[] =>
  strategy.at(-1)?.type === "spread"
    ? [...strategy, { type: "spread", field: "instanceId" }]
    : strategy;

const USEFULNESS: Readonly<Record<Member["condition"], number>> = {
  PENDING: 0,
  UNHEALTHY: 1,
  WARMING: 2,
  HEALTHY: 3,
};

/** The higher a member scores the sooner it goes; what went changes the scores of the others. */
interface Preference {
  score(member: Member): number;
  stopped(member: Member): void;
}

interface Surroundings {
  readonly all: readonly Member[];
  readonly sites: StopSites;
}

function preferenceOf(step: StopStep, given: Surroundings): Preference {
  switch (step.type) {
    case "providers":
      return byExcess(given, step.shares);
    case "spread":
      return byCrowd(given, keyReader(step.field ?? "", given.sites));
    case "binpack":
      return byRoom(given, step.field === "cpu" ? "cpuUnits" : "memoryMiB");
    case "random":
      return ANY;
  }
}

const ANY: Preference = { score: () => 0, stopped: () => undefined };

const firstDifference = (preferences: readonly Preference[], a: Member, b: Member): number => {
  for (const preference of preferences) {
    const difference = preference.score(b) - preference.score(a);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** From the provider that has the most above its share. */
const byExcess = (given: Surroundings, shares: readonly ProviderShare[]): Preference =>
  byCrowd(
    given,
    ({ task }) => task.capacityProviderName,
    (count, provider) => excessOf(shares, provider, count),
  );

function byCrowd<Key extends string | undefined>(
  { all }: Surroundings,
  keyOf: (member: Member) => Key,
  scoreOf: (count: number, key: Key) => number = (count) => count,
): Preference {
  const counts = new Map<Key, number>();
  const add = (member: Member, change: number) =>
    counts.set(keyOf(member), (counts.get(keyOf(member)) ?? 0) + change);
  for (const member of all) add(member, 1);
  return {
    score: (member) => scoreOf(counts.get(keyOf(member)) ?? 0, keyOf(member)),
    stopped: (member) => add(member, -1),
  };
}

function byRoom({ sites }: Surroundings, resource: "cpuUnits" | "memoryMiB"): Preference {
  const freed = new Map<string, number>();
  const leftWithout = ({ task }: Member): number =>
    (sites[task.containerInstanceId]?.[resource] ?? 0) +
    (freed.get(task.containerInstanceId) ?? 0) +
    task[resource];
  return {
    score: leftWithout,
    stopped: ({ task }) => {
      const earlier = freed.get(task.containerInstanceId) ?? 0;
      freed.set(task.containerInstanceId, earlier + task[resource]);
    },
  };
}

/** Fields that a task itself tells. */
const TASK_KEYS: ReadonlyMap<string, (member: Member) => string> = new Map([
  ["attribute:ecs.availability-zone", ({ task }: Member) => task.availabilityZone ?? ""],
  ["instanceId", ({ task }: Member) => task.containerInstanceId],
  ["host", ({ task }: Member) => task.containerInstanceId],
]);

function keyReader(field: string, sites: StopSites): (member: Member) => string {
  const attribute = field.slice("attribute:".length);
  return (
    TASK_KEYS.get(field) ??
    (({ task }) => sites[task.containerInstanceId]?.attributes.get(attribute) ?? "")
  );
}
