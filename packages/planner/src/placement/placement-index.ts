import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import type { PlacementStrategy } from "@berth/domain/service";
import type { Cell } from "./cells.ts";
import { cellsOf } from "./cells.ts";
import { criteriaOf, isOwn, textOf } from "./criteria.ts";
import { closestFailures } from "./failures.ts";
import { filtersOf } from "./request-filters.ts";
import type { Filter } from "./filters.ts";
import { KeptCells } from "./kept-cells.ts";
import type { Candidate, Placement, PlacementPlan, PlacementRequest } from "./place.ts";
import { hashText } from "./random.ts";
import { rankCells } from "./rank.ts";
import { countGroups, openSite, reset, settle, type Site } from "./site.ts";

/**
 * The instances of a cluster, kept so that a batch costs no more for the tasks that are there
 * already. Whoever keeps one from batch to batch tells it of each instance that changed.
 */
export class PlacementIndex {
  readonly #sites = new Map<string, Site>();
  /** Sites that hold tasks of a group, and how many, by the hash of the group. */
  readonly #holders = new Map<string, Map<Site, number>>();
  /** The ACTIVE sites by the attributes that a batch is spread over. */
  readonly #cells = new KeptCells();

  constructor(candidates: Iterable<Candidate> = []) {
    for (const candidate of candidates) this.set(candidate);
  }

  get size(): number {
    return this.#sites.size;
  }

  get hasActive(): boolean {
    return this.#activeCells([]).length > 0;
  }

  /** Whether a task holds a reservation somewhere. */
  holds(taskId: string): boolean {
    const holders = this.#holders.get(groupHashOfTask(taskId)) ?? NO_HOLDERS;
    return [...holders.keys()].some(({ ledger }) => taskId in ledger.reservations);
  }

  /**
   * Ids of the instances that hold tasks of a group otherwise than is said: task id to instance id, or
   * to nothing where it may hold something or not.
   */
  disagreeing(group: string, places: ReadonlyMap<string, string | undefined>): ReadonlySet<string> {
    const hash = groupHash(group);
    const holders = this.#holders.get(hash) ?? NO_HOLDERS;
    const seen = new Map(
      [...holders.keys()].flatMap(({ instance, ledger }) =>
        Object.keys(ledger.reservations)
          .filter((taskId) => taskId.startsWith(hash))
          .map((taskId) => [taskId, instance.id] as const),
      ),
    );
    const isOpen = (taskId: string) => places.has(taskId) && places.get(taskId) === undefined;
    const changed = [...places, ...seen].filter(
      ([taskId]) => !isOpen(taskId) && places.get(taskId) !== seen.get(taskId),
    );
    return new Set(changed.flatMap(([, id]) => id ?? []));
  }

  /** Adds an instance, or takes over what changed of it. */
  set({ instance, ledger }: Candidate): void {
    const known = this.#sites.get(ledger.id);
    if (known?.instance !== instance) {
      this.delete(ledger.id);
      const site = openSite(instance, ledger);
      this.#sites.set(ledger.id, site);
      this.#addGroups(site);
      return;
    }
    if (known.ledger === ledger) return;
    if (known.ledger.status !== ledger.status) this.#cells.clear();
    this.#removeGroups(known);
    reset(known, ledger);
    this.#addGroups(known);
  }

  delete(id: string): void {
    this.#cells.clear();
    const known = this.#sites.get(id);
    if (!known) return;
    this.#removeGroups(known);
    this.#sites.delete(id);
  }

  /**
   * Finds an instance for each task of a batch, in the order given, each seeing what those before it
   * took; the index itself stays as it is. A task that already holds a reservation stays where it
   * is, so a repeated call moves nothing. Source: ECS developer guide, task placement.
   */
  plan(request: PlacementRequest): PlacementPlan {
    const holders = this.#holders.get(groupHash(request.group)) ?? NO_HOLDERS;
    for (const [site, count] of holders) site.groupCount = count;
    const given = new Set<Site>();
    try {
      return planOn(this.#activeCells(request.strategy), request, {
        pinned: pinnedTasks(holders.keys(), request.taskIds),
        given,
      });
    } finally {
      for (const site of given) reset(site, site.ledger);
      for (const site of holders.keys()) site.groupCount = 0;
    }
  }

  #activeCells(strategy: readonly PlacementStrategy[]): readonly Cell[] {
    const names = criteriaOf(strategy).flatMap((each) => (isOwn(each) ? [] : [each.name]));
    return this.#cells.get(names, () => {
      const active = [...this.#sites.values()].filter(({ ledger }) => ledger.status === "ACTIVE");
      return cellsOf(active.toSorted(byId), names);
    });
  }

  #addGroups(site: Site): void {
    for (const [hash, count] of countGroups(site.ledger)) {
      const holders = this.#holders.get(hash) ?? new Map<Site, number>();
      this.#holders.set(hash, holders.set(site, count));
    }
  }

  #removeGroups(site: Site): void {
    for (const hash of countGroups(site.ledger).keys()) {
      const holders = this.#holders.get(hash);
      holders?.delete(site);
      if (holders?.size === 0) this.#holders.delete(hash);
    }
  }
}

const NO_HOLDERS: ReadonlyMap<Site, number> = new Map();

const byId = (a: Site, b: Site): number => (a.instance.id < b.instance.id ? -1 : 1);

interface BatchState {
  /** Where tasks of the batch hold a reservation already; instances of any status count. */
  readonly pinned: ReadonlyMap<string, string>;
  /** Takes up the sites that were given tasks. */
  readonly given: Set<Site>;
}

function planOn(
  cells: readonly Cell[],
  request: PlacementRequest,
  { pinned, given }: BatchState,
): PlacementPlan {
  const filters = filtersOf(request);
  const choose = chooser(cells, filters, request);
  const placed: Placement[] = [];
  const unplaced: string[] = [];
  for (const taskId of request.taskIds) {
    const containerInstanceId = pinned.get(taskId);
    if (containerInstanceId !== undefined) placed.push({ taskId, containerInstanceId });
    else {
      const choice = choose(taskId);
      if (choice) {
        given.add(choice.site);
        placed.push(choice.placement);
      } else unplaced.push(taskId);
    }
  }
  // Room only shrinks within a batch, so what keeps the first one out keeps out all that follow.
  const failures = unplaced.length > 0 ? closestFailures(cells, filters) : [];
  return { placed, unplaced: unplaced.map((taskId) => ({ taskId, failures })) };
}

/** Chooses for one task after the other. Only the site just chosen can have become too full. */
function chooser(
  cells: readonly Cell[],
  filters: readonly Filter[],
  request: PlacementRequest,
): (taskId: string) => { readonly site: Site; readonly placement: Placement } | undefined {
  const criteria = criteriaOf(request.strategy);
  const rejected: Record<string, number> = {};
  const ranking = rankCells(cells, {
    criteria,
    seed: hashText(request.seed),
    passes: (site) => filters.every((filter) => filter.passes(site)),
    opens: (site) => {
      const failed = filters.find((filter) => !filter.passes(site));
      if (!failed) return true;
      const reason = failed.reason(site);
      rejected[reason] = (rejected[reason] ?? 0) + 1;
      return false;
    },
  });
  const considered = cells.reduce((sum, { sites }) => sum + sites.length, 0);
  const by = criteria.map(textOf);
  return (taskId) => {
    const chosen = ranking.best(hashText(request.seed + taskId));
    if (!chosen) return undefined;
    const { site, scores, isDrawn } = chosen;
    settle(site, taskId, request.demand);
    ranking.settled(chosen);
    const decision = { considered, rejected, by, scores, isDrawn };
    return { site, placement: { taskId, containerInstanceId: site.instance.id, decision } };
  };
}

function pinnedTasks(
  holders: Iterable<Site>,
  taskIds: readonly string[],
): ReadonlyMap<string, string> {
  const pinned = new Map<string, string>();
  for (const { instance, ledger } of holders) {
    for (const taskId of taskIds) {
      if (!(taskId in ledger.reservations)) continue;
      const known = pinned.get(taskId);
      if (known === undefined || instance.id < known) pinned.set(taskId, instance.id);
    }
  }
  return pinned;
}
