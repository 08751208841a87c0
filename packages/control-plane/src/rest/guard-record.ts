import type { RecordKind } from "@berth/contracts/rest/operation-route";
import type { Scope } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Store, Stored, StoredInstance } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";
import {
  clusterName,
  containerInstanceId,
  serviceName,
  taskDefinitionRef,
  taskId,
} from "../commands/identifiers.ts";

/** One item of the store, by what the item holds of its own name. */
export interface RecordRef {
  readonly kind: RecordKind;
  readonly is: (item: object) => boolean;
}

/** A store that watches one item. */
export interface Guard {
  readonly store: Store;
  /** Of the item as it was last read or written; undefined where it was not. */
  readonly version: () => number | undefined;
}

/**
 * Holds a command to the versions of an item that its caller has seen. The command's own write is
 * conditional on the version that it read, so nobody comes between the check and the write. From
 * then on the item is under way, and no version of it is refused.
 *
 * @param allowed any where it is absent
 * @throws EcsError PreconditionFailedException, from the store's methods
 */
export function guardRecord(
  store: Store,
  { kind, is }: RecordRef,
  allowed?: ReadonlySet<number>,
): Guard {
  const watch = new Watch(is, allowed);
  return { store: { ...store, ...GUARDED[kind](store, watch) }, version: () => watch.version };
}

/** The parameters of a path as the commands read them. */
export function recordNamed(
  scope: Scope,
  kind: RecordKind,
  path: Readonly<Record<string, string>>,
): RecordRef {
  return { kind, is: matcher(NAMES[kind](scope, path)) };
}

type PathNames = Readonly<Record<string, string>>;

const inCluster = (scope: Scope, { cluster }: PathNames) => clusterName(scope, cluster);

const NAMES: Readonly<Record<RecordKind, (scope: Scope, path: PathNames) => object>> = {
  cluster: (scope, path) => ({ name: inCluster(scope, path) }),
  containerInstance: (scope, path) => {
    const cluster = inCluster(scope, path);
    return { cluster, id: containerInstanceId(scope, cluster, path["containerInstance"] ?? "") };
  },
  service: (scope, path) => {
    const cluster = inCluster(scope, path);
    return { cluster, name: serviceName(scope, cluster, path["service"] ?? "") };
  },
  task: (scope, path) => {
    const cluster = inCluster(scope, path);
    return { cluster, id: taskId(scope, cluster, path["task"] ?? "") };
  },
  taskDefinition: (scope, path) => ({ ...taskDefinitionRef(scope, path["taskDefinition"] ?? "") }),
};

const matcher =
  (names: object): RecordRef["is"] =>
  (item) =>
    Object.entries(names).every(([name, value]) => item[name as keyof typeof item] === value);

type Versioned = Stored<object>;

class Watch {
  version: number | undefined;
  readonly #is: RecordRef["is"];
  readonly #allowed: ReadonlySet<number> | undefined;
  #isUnderWay = false;

  constructor(is: RecordRef["is"], allowed: ReadonlySet<number> | undefined) {
    this.#is = is;
    this.#allowed = allowed;
  }

  isRefused(item: Versioned | undefined): boolean {
    if (!item || !this.#allowed || this.#isUnderWay || !this.#is(item)) return false;
    return !this.#allowed.has(item.version);
  }

  read<Item extends Versioned | undefined>(item: Item): Item {
    if (!item || !this.#is(item)) return item;
    if (this.isRefused(item)) throw preconditionFailed();
    this.version = item.version;
    return item;
  }

  async write(item: Versioned, replace: () => Promise<WriteOutcome>): Promise<WriteOutcome> {
    if (this.isRefused(item)) throw preconditionFailed();
    const outcome = await replace();
    if (outcome === "ok" && this.#is(item)) {
      this.#isUnderWay = true;
      this.version = item.version + 1;
    }
    return outcome;
  }
}

const GUARDED: Readonly<Record<RecordKind, (store: Store, watch: Watch) => Partial<Store>>> = {
  cluster: ({ clusters }, watch) => ({
    clusters: {
      ...clusters,
      find: async (name) => watch.read(await clusters.find(name)),
      findMany: async (names) => {
        const found = await clusters.findMany(names);
        return found.map((each) => watch.read(each));
      },
      replace: (cluster) => watch.write(cluster, () => clusters.replace(cluster)),
    },
  }),
  containerInstance: ({ instances }, watch) => {
    const read = <Found extends StoredInstance | undefined>(found: Found): Found => {
      if (found) watch.read(found.ledger);
      return found;
    };
    return {
      instances: {
        ...instances,
        find: async (cluster, id) => read(await instances.find(cluster, id)),
        findMany: async (cluster, ids) => (await instances.findMany(cluster, ids)).map(read),
        findLedger: async (cluster, id) => watch.read(await instances.findLedger(cluster, id)),
        replaceLedger: (ledger) => watch.write(ledger, () => instances.replaceLedger(ledger)),
      },
    };
  },
  service: ({ services }, watch) => ({
    services: {
      ...services,
      find: async (cluster, name) => {
        const service = await services.find(cluster, name);
        // It may be as it was before the very write whose version the caller holds.
        const isOld = watch.isRefused(service);
        return watch.read(isOld ? await services.findLatest(cluster, name) : service);
      },
      findMany: async (cluster, names) => {
        const found = await services.findMany(cluster, names);
        return found.map((each) => watch.read(each));
      },
      findLatest: async (cluster, name) => watch.read(await services.findLatest(cluster, name)),
      replace: (service) => watch.write(service, () => services.replace(service)),
    },
  }),
  task: ({ tasks }, watch) => ({
    tasks: {
      ...tasks,
      find: async (cluster, id) => watch.read(await tasks.find(cluster, id)),
      findMany: async (cluster, ids) => {
        const found = await tasks.findMany(cluster, ids);
        return found.map((each) => watch.read(each));
      },
      replace: (task) => watch.write(task, () => tasks.replace(task)),
    },
  }),
  taskDefinition: ({ taskDefinitions }, watch) => ({
    taskDefinitions: {
      ...taskDefinitions,
      find: async (family, revision) => watch.read(await taskDefinitions.find(family, revision)),
      findLatestActive: async (family) =>
        watch.read(await taskDefinitions.findLatestActive(family)),
      replace: (definition) => watch.write(definition, () => taskDefinitions.replace(definition)),
    },
  }),
};

const preconditionFailed = () =>
  new EcsError(
    "PreconditionFailedException",
    "The resource is not as If-Match has it: it was changed since. Read it again.",
  );
