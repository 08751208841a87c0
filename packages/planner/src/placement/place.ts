import type {
  Attribute,
  ContainerInstance,
  InstanceLedger,
} from "@berth/domain/container-instance";
import { groupHash } from "@berth/domain/group-hash";
import type { Demand } from "@berth/domain/resources";
import type { PlacementFailure, PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import { constraintFilter } from "./constraints.ts";
import { agentFilter, attributeFilter, type Filter, resourceFilter } from "./filters.ts";
import { rankingFor } from "./ranking.ts";
import { openSite, settle, type Site } from "./site.ts";

export interface Candidate {
  readonly instance: ContainerInstance;
  readonly ledger: InstanceLedger;
}

/** One batch of equal tasks that look for an instance. */
export interface PlacementRequest {
  readonly taskIds: readonly string[];
  readonly group: string;
  readonly demand: Demand;
  readonly requiresAttributes: readonly Attribute[];
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  /** Text that decides ties and `random`: equal seeds and snapshots give equal plans. */
  readonly seed: string;
}

export interface PlacementPlan {
  readonly placed: readonly { readonly taskId: string; readonly containerInstanceId: string }[];
  readonly unplaced: readonly {
    readonly taskId: string;
    /** One for each instance considered; a single one without an instance where there was none. */
    readonly failures: readonly PlacementFailure[];
  }[];
}

/**
 * Finds an instance for each task of a batch, in the order given, each seeing what those before it
 * took. A task that already holds a reservation stays where it is, so a repeated call moves nothing.
 * The order of the candidates is of no account. Source: ECS developer guide, task placement.
 */
export function planPlacement(
  candidates: readonly Candidate[],
  request: PlacementRequest,
): PlacementPlan {
  const hash = groupHash(request.group);
  const everywhere = candidates.map((candidate, index) => openSite(candidate, index, hash));
  const pinned = pinnedTasks(everywhere);
  const sites = everywhere.filter(({ ledger }) => ledger.status === "ACTIVE");
  const filters = filtersOf(request);
  const choose = chooser(sites, filters, request);

  const placed: { taskId: string; containerInstanceId: string }[] = [];
  const unplaced: string[] = [];
  for (const taskId of request.taskIds) {
    const containerInstanceId = pinned.get(taskId) ?? choose(taskId);
    if (containerInstanceId === undefined) unplaced.push(taskId);
    else placed.push({ taskId, containerInstanceId });
  }
  // Room only shrinks within a batch, so what keeps the first one out keeps out all that follow.
  const failures = unplaced.length > 0 ? explainAll(sites, filters) : [];
  return { placed, unplaced: unplaced.map((taskId) => ({ taskId, failures })) };
}

/** Chooses for one task after the other. Only the site just chosen can have become too full. */
function chooser(
  sites: readonly Site[],
  filters: readonly Filter[],
  request: PlacementRequest,
): (taskId: string) => string | undefined {
  const ranking = rankingFor(request, sites);
  const passesAll = (site: Site) => filters.every((filter) => filter.passes(site));
  let open = sites.filter(passesAll);
  return (taskId) => {
    const site = ranking.best(open, taskId);
    if (!site) return undefined;
    settle(site, taskId, request.demand);
    ranking.settled(site);
    if (!passesAll(site)) open = open.filter((each) => each !== site);
    return site.instance.id;
  };
}

/** In ECS's order: the reason given for an instance is that of the first filter it fails. */
function filtersOf(request: PlacementRequest): readonly Filter[] {
  return [
    agentFilter,
    resourceFilter(request.demand),
    attributeFilter(request.requiresAttributes),
    ...request.constraints.map((constraint) => constraintFilter(constraint, request.group)),
  ];
}

/** Where tasks of the group hold a reservation already; instances of any status count. */
function pinnedTasks(sites: readonly Site[]): ReadonlyMap<string, string> {
  const pinned = new Map<string, string>();
  for (const { instance, tasksOfGroup } of sites) {
    for (const taskId of tasksOfGroup) {
      const known = pinned.get(taskId);
      if (known === undefined || instance.id < known) pinned.set(taskId, instance.id);
    }
  }
  return pinned;
}

function explainAll(
  sites: readonly Site[],
  filters: readonly Filter[],
): readonly PlacementFailure[] {
  if (sites.length === 0) return [NO_INSTANCES];
  return sites
    .toSorted((a, b) => (a.instance.id < b.instance.id ? -1 : 1))
    .flatMap((site) => {
      const failed = filters.find((filter) => !filter.passes(site));
      return failed ? [{ containerInstanceId: site.instance.id, ...failed.explain(site) }] : [];
    });
}

const NO_INSTANCES: PlacementFailure = {
  reason: "No Container Instances were found in your cluster.",
  detail: "cluster: has no container instance that is ACTIVE",
};
