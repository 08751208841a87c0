import type { EcsError } from "@berth/domain/errors";
import type { Store } from "@berth/store/store";
import type { ClusterSnapshot } from "./read-cluster.ts";

/**
 * The store for whoever may act on this snapshot only: a service that has another version by the
 * time it is read to be changed is refused, as are instances that tasks are to be placed on. The
 * writes that follow are conditional on the versions read.
 */
export function pinnedStore(
  store: Store,
  { services, instances }: Pick<ClusterSnapshot, "services" | "instances">,
  refusal: (moved: readonly string[]) => EcsError,
): Store {
  const serviceVersions = new Map(services.map(({ name, version }) => [name, version]));
  const ledgerVersions = new Map(instances.map(({ ledger }) => [ledger.id, ledger.version]));
  return {
    ...store,
    services: {
      ...store.services,
      findLatest: async (cluster, name) => {
        const service = await store.services.findLatest(cluster, name);
        if (service && service.version !== serviceVersions.get(name)) {
          throw refusal([`service ${name}`]);
        }
        return service;
      },
    },
    instances: {
      ...store.instances,
      all: async (cluster) => {
        const all = await store.instances.all(cluster);
        const others = all.filter(({ ledger }) => ledger.version !== ledgerVersions.get(ledger.id));
        if (others.length === 0) return all;
        throw refusal(others.map(({ ledger }) => `container instance ${ledger.id}`));
      },
    },
  };
}
