import type { Task } from "@berth/domain/task";
import { PlacementIndex } from "@berth/planner/placement/placement-index";
import { LEDGERS_PER_SHARD, type Store, type StoredInstance } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";

/** One query reads so many. */
const SLICE = LEDGERS_PER_SHARD;

/** So much later may an instance be listed than its time says: clocks differ, and listings follow behind. */
const JOIN_LAG_MS = 10_000;

type Reading = Pick<ControlPlane, "store" | "now">;

/** Views that a process keeps; the one that was made first goes. */
const MAX_VIEWS = 50;

/** What one process knows of the instances of clusters (ADR 0021). */
export class ClusterViews {
  readonly #byCluster = new Map<string, ClusterView>();
  readonly #slice: number;

  /** @param slice So many instances are looked at for each batch: a cluster of no more is read anew every time. */
  constructor(slice = SLICE) {
    this.#slice = slice;
  }

  of(cluster: string): ClusterView {
    const known = this.#byCluster.get(cluster);
    if (known) return known;
    const [first] = this.#byCluster.keys();
    if (this.#byCluster.size >= MAX_VIEWS && first !== undefined) this.#byCluster.delete(first);
    const view = new ClusterView(cluster, this.#slice);
    this.#byCluster.set(cluster, view);
    return view;
  }
}

/**
 * The instances of a cluster as this process last saw them. It may be behind: whoever decides by it
 * writes ledgers on the condition that they are as seen, and reads all anew before saying that no
 * instance takes a task. What it costs to keep does not grow with the cluster.
 */
export class ClusterView {
  readonly index = new PlacementIndex();
  readonly #cluster: string;
  readonly #slice: number;
  readonly #known = new Map<string, StoredInstance>();
  /** The id after which the next slice begins. */
  #cursor: string | undefined;
  #isLoaded = false;
  /** Epoch ms: when those that joined were last looked for. */
  #seenAt = 0;

  constructor(cluster: string, slice: number) {
    this.#cluster = cluster;
    this.#slice = slice;
  }

  get(id: string): StoredInstance | undefined {
    return this.#known.get(id);
  }

  ids(): Iterable<string> {
    return this.#known.keys();
  }

  /** Takes over what was read or written of an instance, if it is newer than what is known. */
  take(seen: StoredInstance): void {
    const { id } = seen.ledger;
    const known = this.#known.get(id);
    if (known && known.ledger.version >= seen.ledger.version) return;
    this.#known.set(id, seen);
    this.index.set(seen);
  }

  /** Takes over a ledger that was written; nothing where its instance is not known. */
  takeLedger(ledger: StoredInstance["ledger"]): void {
    const known = this.#known.get(ledger.id);
    if (known && known.instance.version === ledger.descriptionVersion) {
      this.take({ instance: known.instance, ledger });
    }
  }

  drop(id: string): void {
    this.#known.delete(id);
    this.index.delete(id);
  }

  /**
   * Looks at the next few instances and at those that joined since.
   *
   * @returns whether these were all there are: then the view is as fresh as reading can make it.
   */
  async refresh({ store, now }: Reading): Promise<boolean> {
    if (!this.#isLoaded) return this.readAll({ store, now });
    const after = this.#cursor;
    const joinedSince = this.#seenAt - JOIN_LAG_MS;
    this.#seenAt = now();
    const [page, joined] = await Promise.all([
      store.instances.slice(this.#cluster, {
        // One more: where a shard of ledgers ends is then seen without asking again.
        limit: this.#slice + 1,
        ...(after !== undefined && { startAfter: after }),
      }),
      this.#known.size < this.#slice ? [] : store.instances.joinedSince(this.#cluster, joinedSince),
    ]);
    await this.read(
      store,
      joined.filter((id) => !this.#known.has(id)),
    );
    this.#replaceRange(page.items, after, page.next);
    // Batches overlap: one that read the same slice, or went on meanwhile, has moved it already.
    if (this.#cursor === after) this.#cursor = page.next;
    return after === undefined && page.next === undefined;
  }

  /** Reads these as they are now. */
  async read(store: Store, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const found = await store.instances.findMany(this.#cluster, ids);
    const inUse = found.filter(({ ledger }) => ledger.status !== "INACTIVE");
    for (const instance of inUse) this.take(instance);
    const there = new Set(inUse.map(({ ledger }) => ledger.id));
    for (const id of ids) if (!there.has(id)) this.drop(id);
  }

  /** Reads all of the cluster. */
  async readAll({ store, now }: Reading): Promise<true> {
    this.#seenAt = now();
    this.#replaceRange(await store.instances.all(this.#cluster), undefined, undefined);
    this.#cursor = undefined;
    this.#isLoaded = true;
    return true;
  }

  /**
   * Reads the instances that hold tasks of a group otherwise than these tasks say, so that the group
   * is spread by where its tasks are.
   */
  async readHolders(store: Store, group: string, tasks: readonly Task[]): Promise<void> {
    // What a stopped one held may be given back already.
    const places = new Map(
      tasks.map(({ id, lastStatus, containerInstanceId }) => [
        id,
        lastStatus === "STOPPED" ? undefined : containerInstanceId,
      ]),
    );
    await this.read(store, [...this.index.disagreeing(group, places)]);
  }

  /** What is known between two ids and was not found there any more is gone. */
  #replaceRange(
    found: readonly StoredInstance[],
    after: string | undefined,
    upTo: string | undefined,
  ): void {
    const there = new Set(found.map(({ ledger }) => ledger.id));
    for (const id of this.#known.keys()) {
      const isInRange = (after === undefined || id > after) && (upTo === undefined || id <= upTo);
      if (isInRange && !there.has(id)) this.drop(id);
    }
    for (const instance of found) this.take(instance);
  }
}
