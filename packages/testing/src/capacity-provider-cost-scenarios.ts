import type { Store } from "@berth/store/store";
import { aCapacityProvider } from "./builders.ts";
import { there } from "./store-contract-world.ts";

const NAMES = Array.from({ length: 20 }, (_, index) => `on-demand-${index}`);
const [NAME = ""] = NAMES;

async function createAll({ capacityProviders }: Store): Promise<void> {
  for (const name of NAMES) await capacityProviders.create(aCapacityProvider({ name }));
}

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about capacity providers. */
export const CAPACITY_PROVIDER_COSTS: Readonly<Record<string, Scenario>> = {
  "capacityProviders.find | found": async ({ capacityProviders }) => {
    await capacityProviders.create(aCapacityProvider({ name: NAME }));
    return () => capacityProviders.find(NAME);
  },
  "capacityProviders.findMany | of 20": async (store) => {
    await createAll(store);
    return () => store.capacityProviders.findMany(NAMES);
  },
  "capacityProviders.create | new":
    async ({ capacityProviders }) =>
    () =>
      capacityProviders.create(aCapacityProvider({ name: NAME })),
  "capacityProviders.replace | another cluster": async ({ capacityProviders }) => {
    await capacityProviders.create(aCapacityProvider({ name: NAME }));
    const read = there(await capacityProviders.find(NAME));
    return () =>
      capacityProviders.replace({ ...read, clusters: { production: 1_763_700_000_000 } });
  },
  "capacityProviders.page | of 20": async (store) => {
    await createAll(store);
    return () => store.capacityProviders.page({ limit: 20 });
  },
};
