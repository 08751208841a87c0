import type { EcsError } from "@berth/domain/errors";
import type { Store } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";
import type { ClusterSnapshot } from "./read-cluster.ts";

/**
 * The store for whoever may act on this snapshot only: a service or instance that has another version
 * by the time it is read to be changed is refused, as are instances that tasks are to be placed on.
 * The writes that follow are conditional on the versions read. What was written once is under way:
 * it is refused no more, however often it is read and written until all of the change is made.
 */
export function pinnedStore(
  store: Store,
  snapshot: Pick<ClusterSnapshot, "services" | "instances">,
  refusal: (moved: readonly string[]) => EcsError,
): Store {
  const pins = pinsOf(snapshot);
  const underWay = new Set<string>();
  const check = (read: readonly Pin[]) => {
    const moved = read
      .filter(([name, version]) => pins.get(name) !== version && !underWay.has(name))
      .map(([name]) => name);
    if (moved.length > 0) throw refusal(moved);
  };
  const begin = ([name]: Pin, outcome: WriteOutcome): WriteOutcome => {
    if (outcome === "ok") underWay.add(name);
    return outcome;
  };
  const { services, instances } = store;
  return {
    ...store,
    services: {
      ...services,
      findLatest: async (cluster, name) => {
        const service = await services.findLatest(cluster, name);
        if (service) check([pinOfService(service)]);
        return service;
      },
      replace: async (service) => begin(pinOfService(service), await services.replace(service)),
    },
    instances: {
      ...instances,
      all: async (cluster) => {
        const all = await instances.all(cluster);
        check(all.map(({ ledger }) => pinOfLedger(ledger)));
        return all;
      },
      findLedger: async (cluster, id) => {
        const ledger = await instances.findLedger(cluster, id);
        if (ledger) check([pinOfLedger(ledger)]);
        return ledger;
      },
      replaceLedger: async (ledger) =>
        begin(pinOfLedger(ledger), await instances.replaceLedger(ledger)),
    },
  };
}

/** What a refusal calls it, and its version. */
type Pin = readonly [name: string, version: number];

const pinsOf = ({ services, instances }: Pick<ClusterSnapshot, "services" | "instances">) =>
  new Map([...services.map(pinOfService), ...instances.map(({ ledger }) => pinOfLedger(ledger))]);

const pinOfService = (service: ClusterSnapshot["services"][number]): Pin => [
  `service ${service.name}`,
  service.version,
];

const pinOfLedger = (ledger: ClusterSnapshot["instances"][number]["ledger"]): Pin => [
  `container instance ${ledger.id}`,
  ledger.version,
];
