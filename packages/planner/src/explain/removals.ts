import type { PlacementFailure } from "@berth/domain/service";
import type { Filter } from "../placement/filters.ts";
import type { Site } from "../placement/site.ts";

/** A site, and why it does not take the task; without a failure where it does. */
export interface JudgedSite {
  readonly site: Site;
  readonly failure?: SiteFailure;
}

export type SiteFailure = Required<PlacementFailure>;

/** Instances that one rule took out. */
export interface Removal {
  /** ECS's word for the rule, or the status of instances that take no tasks at all. */
  readonly reason: string;
  readonly count: number;
  /** Those that came closest, at most `MAX_EXAMPLES`. */
  readonly examples: readonly SiteFailure[];
}

export const MAX_EXAMPLES = 10;

/** The first rule that a site fails, in ECS's order, with figures. */
export function judge(site: Site, filters: readonly Filter[]): JudgedSite {
  const containerInstanceId = site.instance.id;
  const { status } = site.ledger;
  if (status !== "ACTIVE") {
    const detail = `status: ${status}, takes no new tasks`;
    return { site, failure: { containerInstanceId, reason: status, detail } };
  }
  const failed = filters.find((filter) => !filter.passes(site));
  if (!failed) return { site };
  const [reason, detail] = [failed.reason(site), failed.detail(site)];
  return { site, failure: { containerInstanceId, reason, detail } };
}

/** The removed ones by reason, the most frequent first. */
export function groupRemovals(judged: readonly JudgedSite[]): readonly Removal[] {
  const removed = judged.flatMap(({ site, failure }) => (failure ? [{ site, failure }] : []));
  const byReason = Map.groupBy(removed, ({ failure }) => failure.reason);
  return [...byReason]
    .map(([reason, members]) => ({
      reason,
      count: members.length,
      examples: members
        .toSorted((a, b) => leftOf(b.site, reason) - leftOf(a.site, reason) || byId(a, b))
        .slice(0, MAX_EXAMPLES)
        .map(({ failure }) => failure),
    }))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** How much a site has of what it lacks. */
function leftOf({ left }: Site, reason: string): number {
  if (reason === "RESOURCE:CPU") return left.cpuUnits;
  if (reason === "RESOURCE:MEMORY") return left.memoryMiB;
  return left.countable?.[reason.slice("RESOURCE:".length)] ?? 0;
}

const byId = (a: { readonly failure: SiteFailure }, b: { readonly failure: SiteFailure }) =>
  a.failure.containerInstanceId < b.failure.containerInstanceId ? -1 : 1;
