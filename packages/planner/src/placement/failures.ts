import type { PlacementFailure } from "@berth/domain/service";
import type { Filter } from "./filters.ts";
import type { Cell } from "./cells.ts";

/** An answer of the API and an item of the store hold no thousands of reasons for each of many tasks. */
export const MAX_FAILURES = 100;

/** Why the sites that came closest do not pass. */
export function closestFailures(
  cells: readonly Cell[],
  filters: readonly Filter[],
): readonly PlacementFailure[] {
  const sites = cells.flatMap((cell) => cell.sites);
  const considered = filters.reduce(
    (left, each) => (each.whereNonePasses ? left.filter((site) => each.passes(site)) : left),
    sites,
  );
  if (considered.length === 0) {
    const [none = NO_INSTANCES] = filters.flatMap((each) => each.whereNonePasses ?? []);
    return [none];
  }
  const all = considered.flatMap((site) => {
    const failed = filters.find((filter) => !filter.passes(site));
    return failed
      ? [{ containerInstanceId: site.instance.id, reason: failed.reason(site), site, failed }]
      : [];
  });
  return closest(all, MAX_FAILURES).map(({ site, failed, containerInstanceId, reason }) => ({
    containerInstanceId,
    reason,
    detail: failed.detail(site),
  }));
}

/** The failures from the one that came closest to taking the task, at least one of them. */
export function closest<T extends Omit<PlacementFailure, "detail">>(
  failures: readonly T[],
  count: number,
): readonly T[] {
  return failures
    .toSorted(
      (a, b) =>
        distance(a) - distance(b) ||
        compare(a.reason, b.reason) ||
        compare(a.containerInstanceId ?? "", b.containerInstanceId ?? ""),
    )
    .slice(0, Math.max(1, count));
}

const NO_INSTANCES: PlacementFailure = {
  reason: "No Container Instances were found in your cluster.",
  detail: "cluster: has no container instance that is ACTIVE",
};

/** From the closest on: resources are looked at last, ports after memory after CPU. */
const CLOSENESS: readonly string[] = ["RESOURCE:PORTS", "RESOURCE:MEMORY", "RESOURCE:CPU"];

function distance({ reason }: Pick<PlacementFailure, "reason">): number {
  const rank = CLOSENESS.indexOf(reason);
  if (rank >= 0) return rank;
  // Not even asked: its agent is away.
  return reason === "AGENT" ? CLOSENESS.length + 1 : CLOSENESS.length;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
