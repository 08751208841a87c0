import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aDeployment,
  aReservation,
  aService,
  aTask,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { aTaskSet } from "@berth/testing/task-sets";
import { expect, test } from "vitest";
import { withDue } from "../reconcile/persist.ts";
import { rebalanceService } from "./rebalance-service.ts";

const GROUP = "service:web";
const SPREAD = [{ type: "spread", field: "instanceId" }] as const;

/** Two running tasks of `web`, both on the first of two instances. */
async function aLopsidedService(
  service: Partial<Service> = {},
  second: Partial<Task> = {},
): Promise<ReturnType<typeof aControlPlane>> {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { instanceCount: 2 });
  const deployments = [aDeployment({ id: "ecs-svc/1" })];
  await controlPlane.store.services.create(
    aService({ deployments, placementStrategy: SPREAD, ...service }),
  );
  const tasks = [1, 2].map((number) =>
    aTask({
      id: taskId(GROUP, number),
      group: GROUP,
      startedBy: "ecs-svc/1",
      lastStatus: "RUNNING",
      containerInstanceId: instanceId(1),
      ...(number === 2 && second),
    }),
  );
  for (const task of tasks) await controlPlane.store.tasks.create(task);
  const ledger = await controlPlane.store.instances.findLedger("default", instanceId(1));
  if (!ledger) throw new Error("no ledger");
  const reservations = Object.fromEntries(tasks.map(({ id }) => [id, aReservation()]));
  await controlPlane.store.instances.replaceLedger({ ...ledger, reservations });
  return controlPlane;
}

const movesOf = async (controlPlane: ReturnType<typeof aControlPlane>) =>
  (await rebalanceService(controlPlane, { service: "web" })).moves.map(({ from, to }) => [
    from.slice(-instanceId(1).length),
    to.slice(-instanceId(1).length),
  ]);

test("marks one of two tasks to go where there is none", async () => {
  const controlPlane = await aLopsidedService();
  expect(await movesOf(controlPlane)).toEqual([[instanceId(1), instanceId(2)]]);
  const tasks = await controlPlane.store.tasks.ofGroup("default", GROUP);
  expect(tasks.filter(({ moving }) => moving)).toHaveLength(1);
  expect(await movesOf(controlPlane)).toEqual([]);
});

test("moves the tasks of one task set after the other", async () => {
  const controlPlane = await aLopsidedService({
    deployments: [],
    taskSets: [aTaskSet(2, { taskDefinition: "web:1" }), aTaskSet(1, { id: "ecs-svc/1" })],
  });
  expect(await movesOf(controlPlane)).toEqual([[instanceId(1), instanceId(2)]]);
});

test("leaves the tasks of a task set that drains to their end", async () => {
  const controlPlane = await aLopsidedService({
    deployments: [],
    taskSets: [aTaskSet(1, { id: "ecs-svc/1", status: "DRAINING" })],
  });
  expect(await movesOf(controlPlane)).toEqual([]);
});

test("leaves a protected task where it is", async () => {
  const controlPlane = await aLopsidedService({}, { protectedUntil: 9_000_000_000_000 });
  expect(await movesOf(controlPlane)).toHaveLength(1);
  const protectedTask = await controlPlane.store.tasks.find("default", taskId(GROUP, 2));
  expect(protectedTask?.moving).toBeUndefined();
});

test.each([
  [{ schedulingStrategy: "DAEMON" }, /service: web is a DAEMON/],
  [{ status: "DRAINING" }, /Service was not ACTIVE/],
] as const)("refuses %j", async (service, message) => {
  const controlPlane = await aLopsidedService(service);
  await expect(rebalanceService(controlPlane, { service: "web" })).rejects.toThrow(message);
});

const overdueOf = async (controlPlane: ReturnType<typeof aControlPlane>) =>
  (await controlPlane.store.overdue(controlPlane.now(), 10)).filter(
    ({ kind }) => kind === "service",
  );

test("leaves a mark on the service, for the message that wakes it may be lost", async () => {
  const controlPlane = await aLopsidedService();
  await movesOf(controlPlane);
  expect(await overdueOf(controlPlane)).toMatchObject([{ name: "web" }]);
});

test("leaves a mark also where the service was looked at before its tasks were marked", async () => {
  const controlPlane = await aLopsidedService();
  const { tasks } = controlPlane.store;
  await rebalanceService(
    {
      ...controlPlane,
      store: {
        ...controlPlane.store,
        tasks: {
          ...tasks,
          replace: async (task) => {
            await settleService(controlPlane);
            return tasks.replace(task);
          },
        },
      },
    },
    { service: "web" },
  );
  expect(await overdueOf(controlPlane)).toMatchObject([{ name: "web" }]);
});

test("wakes the service again, and marks it, where it is repeated while tasks move", async () => {
  const controlPlane = await aLopsidedService();
  await movesOf(controlPlane);
  await settleService(controlPlane);
  controlPlane.wakes.length = 0;
  expect(await movesOf(controlPlane)).toEqual([]);
  expect(controlPlane.wakes).toMatchObject([{ message: { kind: "service", service: "web" } }]);
  expect(await overdueOf(controlPlane)).toMatchObject([{ name: "web" }]);
});

test("leaves a service alone that has nothing to move", async () => {
  const controlPlane = await aLopsidedService({
    placementStrategy: [{ type: "binpack", field: "memory" }],
  });
  expect(await movesOf(controlPlane)).toEqual([]);
  expect(controlPlane.wakes).toEqual([]);
  expect(await overdueOf(controlPlane)).toEqual([]);
});

/** As its controller does once it sees nothing to be done. */
async function settleService({ store }: ReturnType<typeof aControlPlane>): Promise<void> {
  const service = await store.services.findLatest("default", "web");
  if (service) await store.services.replace(withDue(service, undefined));
}
