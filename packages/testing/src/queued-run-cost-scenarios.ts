import type { Store } from "@berth/store/store";
import { there } from "./store-contract-world.ts";
import { aTypicalQueuedRun } from "./typical-state.ts";

const { cluster: CLUSTER, id: ID, queuedAt } = aTypicalQueuedRun();
const due = queuedAt + 60_000;

const runs = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aTypicalQueuedRun({ id: index.toString(16).padStart(32, "0"), queuedAt: queuedAt + index }),
  );

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about queued runs. */
export const QUEUED_RUN_COSTS: Readonly<Record<string, Scenario>> = {
  "queuedRuns.create | not tried yet":
    async ({ queuedRuns }) =>
    () => {
      const { latestTry: _, ...run } = aTypicalQueuedRun();
      return queuedRuns.create({ ...run, due });
    },
  "queuedRuns.find | found": async ({ queuedRuns }) => {
    await queuedRuns.create(aTypicalQueuedRun());
    return () => queuedRuns.find(CLUSTER, ID);
  },
  "queuedRuns.replace | tried in vain, mark moved": async ({ queuedRuns }) => {
    await queuedRuns.create({ ...aTypicalQueuedRun(), due });
    const read = there(await queuedRuns.find(CLUSTER, ID));
    return () => queuedRuns.replace({ ...read, due: due + 60_000 });
  },
  "queuedRuns.replace | its verdict": async ({ queuedRuns }) => {
    await queuedRuns.create({ ...aTypicalQueuedRun(), due });
    const { due: _, ...read } = there(await queuedRuns.find(CLUSTER, ID));
    const endedAt = Date.now();
    return () => queuedRuns.replace({ ...read, status: "PLACED", unplacedTaskIds: [], endedAt });
  },
  "queuedRuns.page | of 10": async ({ queuedRuns }) => {
    for (const run of runs(10)) await queuedRuns.create(run);
    return () => queuedRuns.page(CLUSTER, { limit: 10 });
  },
  "queuedRuns.oldestWaiting | none waits":
    async ({ queuedRuns }) =>
    () =>
      queuedRuns.oldestWaiting(CLUSTER, 100),
  "queuedRuns.oldestWaiting | 10 wait": async ({ queuedRuns }) => {
    for (const run of runs(10)) await queuedRuns.create(run);
    return () => queuedRuns.oldestWaiting(CLUSTER, 100);
  },
};
