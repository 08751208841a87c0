import type { ContainerUsage, Traffic, UsageReport } from "@berth/domain/container-usage";
import { taskIdOf } from "@berth/domain/task-id";
import type { Store } from "@berth/store/store";
import { aTypicalInstance, aTypicalTask } from "./typical-state.ts";

const { cluster: CLUSTER, id: INSTANCE } = aTypicalInstance();
const EVERY_MS = 20_000;
const AN_HOUR = 180;

/** Figures that repeat nowhere: such as these do not get shorter when they are zipped. */
function figuresOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function aTypicalUsage(seed: number): ContainerUsage {
  const figure = figuresOf(seed);
  const traffic = (): Traffic => ({
    bytes: figure(4e9),
    packets: figure(1e7),
    errors: 0,
    dropped: 0,
    bytesPerSecond: figure(1e6),
  });
  const digits = Array.from({ length: 32 }, () => figure(16).toString(16)).join("");
  return {
    taskId: taskIdOf(`service:checkout-${seed % 3}`, digits),
    container: aTypicalTask().containers[0]?.name ?? "",
    cpuPercent: { average: figure(1e4) / 100, maximum: figure(1e4) / 100 },
    memoryMiB: { average: figure(5e3) / 10, maximum: figure(512) },
    received: traffic(),
    sent: traffic(),
    storage: { readBytes: figure(1e9), writtenBytes: figure(1e9) },
  };
}

const aTypicalReport = (number: number, containers: number): UsageReport => ({
  cluster: CLUSTER,
  containerInstanceId: INSTANCE,
  at: Date.now() + number * EVERY_MS,
  containers: Array.from({ length: containers }, (_, index) =>
    aTypicalUsage(number * containers + index + 1),
  ),
});

const readAnHour = (containers: number) => async (store: Store) => {
  for (let number = 0; number < AN_HOUR; number += 1) {
    await store.usage.put(aTypicalReport(number, containers), String(number));
  }
  return () => store.usage.since({ cluster: CLUSTER, id: INSTANCE }, 0);
};

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about what containers use. */
export const USAGE_COSTS: Readonly<Record<string, Scenario>> = {
  "usage.put | of 10 containers":
    async ({ usage }) =>
    () =>
      usage.put(aTypicalReport(0, 10), "a"),
  "usage.since | the latest minute": async ({ usage }) => {
    for (const number of [0, 1, 2]) await usage.put(aTypicalReport(number, 10), String(number));
    return () => usage.since({ cluster: CLUSTER, id: INSTANCE }, 0);
  },
  "usage.since | an hour of 2 containers": readAnHour(2),
  "usage.since | an hour of 10 containers": readAnHour(10),
};
