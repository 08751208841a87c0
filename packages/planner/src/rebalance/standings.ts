import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import { ABSENT } from "../placement/cells.ts";
import type { Criterion } from "../placement/criteria.ts";
import { criteriaOf, isOwn, ownScore } from "../placement/criteria.ts";
import type { Candidate } from "../placement/place.ts";
import { compareScores } from "../placement/rank.ts";
import type { Site } from "../placement/site.ts";
import { openSite, reset } from "../placement/site.ts";
import type { Move, RebalanceRequest } from "./plan-moves.ts";

/** How good a place each instance is for a task of one group, by its strategy, from move to move. */
export class Standings {
  /** The ACTIVE ones. */
  readonly #sites = new Map<string, Site>();
  readonly #criteria: readonly Criterion[];
  readonly #demand: RebalanceRequest["demand"];
  readonly #hash: string;
  /** Tasks of the group by attribute and value. */
  readonly #tallies = new Map<string, Map<string, number>>();

  constructor(candidates: readonly Candidate[], request: RebalanceRequest) {
    this.#criteria = criteriaOf(request.strategy);
    this.#demand = request.demand;
    this.#hash = groupHash(request.group);
    for (const { instance, ledger } of candidates) {
      if (ledger.status !== "ACTIVE") continue;
      const site = openSite(instance, ledger);
      site.groupCount = this.#countGroup(site);
      this.#sites.set(instance.id, site);
      this.#tally(site, site.groupCount);
    }
  }

  /** The ids of these instances, those first at which a task stands worst; equal ones by their ids. */
  worstFirst(movable: ReadonlyMap<string, readonly string[]>): readonly string[] {
    return [...movable]
      .filter(([id, taskIds]) => taskIds.length > 0 && this.#sites.has(id))
      .map(([id]) => ({ id, scores: this.#scores(id, id) }))
      .toSorted((a, b) => compareScores(b.scores, a.scores) || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
  }

  /** The scores of both ends of a move, for a task that is at neither of them. */
  compared({ from, to }: Move): {
    readonly here: readonly number[];
    readonly there: readonly number[];
  } {
    return { here: this.#scores(from, from), there: this.#scores(to, from) };
  }

  /** Makes a move: the instances as they are then. */
  make({ taskId, from, to }: Move): readonly Candidate[] {
    const [source, target] = [this.#sites.get(from), this.#sites.get(to)];
    if (!source || !target) return [];
    const { [taskId]: held, ...rest } = source.ledger.reservations;
    this.#replace(source, rest);
    this.#replace(target, { ...target.ledger.reservations, ...(held && { [taskId]: held }) });
    return [source, target].map(({ instance, ledger }) => ({ instance, ledger }));
  }

  #replace(site: Site, reservations: Site["ledger"]["reservations"]): void {
    const before = site.groupCount;
    reset(site, { ...site.ledger, reservations });
    site.groupCount = this.#countGroup(site);
    this.#tally(site, site.groupCount - before);
  }

  /** Of one instance, as if one task of the group were not where it is. */
  #scores(id: string, without: string): readonly number[] {
    const [site, left] = [this.#sites.get(id), this.#sites.get(without)];
    if (!site || !left) return [];
    return this.#criteria.map((criterion) => {
      if (!isOwn(criterion)) return this.#crowd(criterion.name, site, left);
      return ownScore(criterion, site) + (site === left ? this.#shareOf(criterion) : 0);
    });
  }

  /** What the score of an instance changes by when a task leaves it. */
  #shareOf({ kind }: Criterion): number {
    if (kind === "binpackCpu") return this.#demand.cpuUnits;
    return kind === "binpackMemory" ? this.#demand.memoryMiB : -1;
  }

  #crowd(name: string, site: Site, left: Site): number {
    const value = valueOf(site, name);
    const tasks = this.#tallies.get(name)?.get(value) ?? 0;
    // As in placement, instances without the attribute come last.
    const last = value === ABSENT ? WITHOUT_ATTRIBUTE : 0;
    return last + tasks - (value === valueOf(left, name) ? 1 : 0);
  }

  #tally(site: Site, by: number): void {
    for (const criterion of this.#criteria) {
      if (isOwn(criterion)) continue;
      const byValue = this.#tallies.get(criterion.name) ?? new Map<string, number>();
      const value = valueOf(site, criterion.name);
      byValue.set(value, (byValue.get(value) ?? 0) + by);
      this.#tallies.set(criterion.name, byValue);
    }
  }

  #countGroup({ ledger }: Site): number {
    const taskIds = Object.keys(ledger.reservations);
    return taskIds.filter((id) => groupHashOfTask(id) === this.#hash).length;
  }
}

/** More than any cluster has tasks. */
const WITHOUT_ATTRIBUTE = 2 ** 40;

const valueOf = (site: Site, name: string): string => site.attributes.get(name) ?? ABSENT;
