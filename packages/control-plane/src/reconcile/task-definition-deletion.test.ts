import type { TaskDefinition } from "@berth/domain/task-definition";
import {
  aDeployment,
  aQueuedRun,
  aReservation,
  aService,
  aTask,
  aTaskDefinition,
  instanceId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { handleWake } from "./handle-wake.ts";
import { sweep } from "./sweep.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WAKE = { kind: "taskDefinition", family: "old", revision: 1 } as const;

/** `old:1` is to go, and its first look is due. */
async function aWorld(changes: Partial<TaskDefinition> = {}): Promise<TestControlPlane> {
  const plane = aControlPlane();
  await setUpCluster(plane);
  const definition = aTaskDefinition({
    family: "old",
    status: "DELETE_IN_PROGRESS",
    deleteRequestedAt: plane.now() - MINUTE,
    ...changes,
  });
  await plane.store.taskDefinitions.create({ ...definition, due: plane.now() });
  return plane;
}

const find = ({ store }: TestControlPlane) => store.taskDefinitions.find("old", 1);

/** A task on the instance. */
async function addTask(plane: TestControlPlane, task = aTask({ taskDefinition: "old:1" })) {
  await plane.store.tasks.create(task);
  const ledger = await plane.store.instances.findLedger("default", instanceId(1));
  if (!ledger) throw new Error("the instance is missing");
  const reservations = { ...ledger.reservations, [task.id]: aReservation() };
  await plane.store.instances.replaceLedger({ ...ledger, reservations });
}

describe("a task definition that is DELETE_IN_PROGRESS", () => {
  test("is gone once nothing was found to refer to it twice", async () => {
    const plane = await aWorld();
    await addTask(plane, aTask({ taskDefinition: "other:1" }));
    await plane.store.services.create(aService({ taskDefinition: "other:1" }));
    await handleWake(plane, WAKE);
    expect(await find(plane)).toMatchObject({
      unusedSince: plane.now(),
      due: plane.now() + MINUTE,
    });
    await handleWake(plane, WAKE);
    expect(await find(plane)).toBeDefined();
    plane.advance(MINUTE);
    await handleWake(plane, WAKE);
    expect(await find(plane)).toBeUndefined();
    expect(await plane.store.taskDefinitions.latestRevision("old")).toBe(1);
    // A late message finds nothing to do.
    await handleWake(plane, WAKE);
  });

  const referring: Readonly<Record<string, (plane: TestControlPlane) => Promise<unknown>>> = {
    "a task": addTask,
    "a service": ({ store }) => store.services.create(aService({ taskDefinition: "old:1" })),
    "an earlier deployment of a service": ({ store }) =>
      store.services.create(
        aService({
          taskDefinition: "new:1",
          deployments: [
            aDeployment({ taskDefinition: "new:1" }),
            aDeployment({ id: "ecs-svc/2", status: "ACTIVE", taskDefinition: "old:1" }),
          ],
        }),
      ),
    "a queued run": ({ store }) =>
      store.queuedRuns.create(aQueuedRun({ status: "WAITING", taskDefinition: "old:1" })),
  };
  test.each(Object.entries(referring))("stays while %s refers to it", async (_, refer) => {
    const plane = await aWorld({ unusedSince: 1 });
    await refer(plane);
    await handleWake(plane, WAKE);
    expect(await find(plane)).toMatchObject({ due: plane.now() + MINUTE });
    // Whatever an earlier look said, it takes two more.
    expect(await find(plane)).not.toHaveProperty("unusedSince");
  });

  test("does not stay for what is over", async () => {
    const plane = await aWorld({ unusedSince: 1 });
    await plane.store.tasks.create(aTask({ taskDefinition: "old:1", lastStatus: "STOPPED" }));
    await plane.store.services.create(aService({ taskDefinition: "old:1", status: "INACTIVE" }));
    await plane.store.queuedRuns.create(aQueuedRun({ status: "PLACED", taskDefinition: "old:1" }));
    await handleWake(plane, WAKE);
    expect(await find(plane)).toBeUndefined();
  });

  test("is looked at less often the longer it waits, and hourly at least", async () => {
    const pauseAfter = async (age: number) => {
      const plane = await aWorld({ deleteRequestedAt: aControlPlane().now() - age });
      await addTask(plane);
      await handleWake(plane, WAKE);
      return ((await find(plane))?.due ?? 0) - plane.now();
    };
    expect(await pauseAfter(MINUTE)).toBe(MINUTE);
    expect(await pauseAfter(HOUR)).toBe(HOUR / 4);
    expect(await pauseAfter(90 * 24 * HOUR)).toBe(HOUR);
  });

  test("is looked at even if every message was lost", async () => {
    const plane = await aWorld();
    plane.advance(1);
    expect(await sweep(plane)).toBe(1);
    expect(plane.wakes.map(({ message }) => message)).toEqual([WAKE]);
  });

  test("no other one is touched", async () => {
    const plane = await aWorld({ status: "INACTIVE", unusedSince: 1 });
    await handleWake(plane, WAKE);
    expect(await find(plane)).toMatchObject({ status: "INACTIVE" });
  });
});
