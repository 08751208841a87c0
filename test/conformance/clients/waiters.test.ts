import { setTimeout as delay } from "node:timers/promises";
import * as ecs from "@aws-sdk/client-ecs";
import { createMemoryTable } from "@berth/store/memory/table";
import { ROOT, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";
import { fillCluster, MANY, numbered, reportTask, taskIdOfService, upTo } from "./full-cluster.ts";

/** The SDK asks as often as it may: what it waits for comes from memory. */
const PATIENCE = { maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.05 };
/** Source: ECS API reference, DescribeTasks and DescribeServices. */
const TASKS_A_CALL = 100;
const SERVICES_A_CALL = 10;

let api: WholeApi;
let client: ecs.ECSClient;
beforeEach(async () => {
  api = WholeApi.on(createMemoryTable());
  client = api.client(ROOT);
  await fillCluster(api.controlPlane.store);
});

type Waiter<Input> = (
  waiting: typeof PATIENCE & { readonly client: ecs.ECSClient },
  input: Input,
) => Promise<{ readonly state: string }>;

const taskCalls = () =>
  chunks(upTo(MANY).map(taskIdOfService), TASKS_A_CALL).map((tasks) => ({ tasks }));

const serviceCalls = () =>
  chunks(
    upTo(MANY).map((number) => numbered("service", number)),
    SERVICES_A_CALL,
  ).map((services) => ({ services }));

function chunks<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** Waits for all, of which none may be content before `happens`. */
async function waitForAll<Input>(
  wait: Waiter<Input>,
  calls: readonly Input[],
  happens: () => Promise<unknown>,
): Promise<readonly string[]> {
  let isOver = false;
  const states = Promise.all(
    calls.map(async (input) => {
      const { state } = await wait({ client, ...PATIENCE }, input);
      expect(isOver, "was content too early").toBe(true);
      return state;
    }),
  );
  await delay(100);
  isOver = true;
  await happens();
  return [...new Set(await states)];
}

const reportAll = (change: Parameters<typeof reportTask>[2]) => () =>
  Promise.all(upTo(MANY).map((number) => reportTask(api.controlPlane.store, number, change)));

const RUNNING = { lastStatus: "RUNNING" } as const;
const STOPPED = { lastStatus: "STOPPED", desiredStatus: "STOPPED" } as const;

describe("the SDK's waiters, each over 250 resources", () => {
  it("waitUntilTasksRunning", async () => {
    const states = waitForAll(ecs.waitUntilTasksRunning, taskCalls(), reportAll(RUNNING));
    await expect(states).resolves.toEqual(["SUCCESS"]);
  });

  it("waitUntilTasksStopped", async () => {
    const states = waitForAll(ecs.waitUntilTasksStopped, taskCalls(), reportAll(STOPPED));
    await expect(states).resolves.toEqual(["SUCCESS"]);
  });

  it("waitUntilServicesStable", async () => {
    const states = waitForAll(ecs.waitUntilServicesStable, serviceCalls(), reportAll(RUNNING));
    await expect(states).resolves.toEqual(["SUCCESS"]);
  });

  it("waitUntilServicesInactive", async () => {
    const { services } = api.controlPlane.store;
    const states = waitForAll(ecs.waitUntilServicesInactive, serviceCalls(), async () => {
      for (const number of upTo(MANY)) {
        const service = await services.find("default", numbered("service", number));
        if (service) await services.replace({ ...service, status: "INACTIVE" });
      }
    });
    await expect(states).resolves.toEqual(["SUCCESS"]);
  });
});

describe("the SDK's waiters give up at once", () => {
  it("on a task that stopped instead of running, and on one that is not there", async () => {
    await reportTask(api.controlPlane.store, 7, STOPPED);
    const [first = { tasks: [] }] = taskCalls();
    const missing = { tasks: ["0".repeat(32)] };
    for (const input of [first, missing]) {
      await expect(ecs.waitUntilTasksRunning({ client, ...PATIENCE }, input)).rejects.toThrow(
        /STOPPED|MISSING/,
      );
    }
  });

  it("on a service that is not there", async () => {
    const input = { services: ["gone"] };
    for (const wait of [ecs.waitUntilServicesStable, ecs.waitUntilServicesInactive]) {
      await expect(wait({ client, ...PATIENCE }, input)).rejects.toThrow(/MISSING/);
    }
  });

  it("on a service that is deleted while they wait for it to be stable", async () => {
    const { services } = api.controlPlane.store;
    const service = await services.find("default", numbered("service", 1));
    if (service) await services.replace({ ...service, status: "DRAINING" });
    const input = { services: [numbered("service", 1)] };
    await expect(ecs.waitUntilServicesStable({ client, ...PATIENCE }, input)).rejects.toThrow(
      /DRAINING/,
    );
  });
});
