import type { Store } from "@berth/store/store";

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about following events. */
export const EVENT_HISTORY_COSTS: Readonly<Record<string, Scenario>> = {
  "eventHistory.page | nothing new":
    async ({ eventHistory }) =>
    () =>
      eventHistory.page({ limit: 10, startAfter: "1763700000000" }),
};
