import type { HostNotice } from "@berth/domain/container-instance";
import {
  aLedger,
  anInstance,
  aReservation,
  aSession,
  aTask,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { there } from "@berth/testing/store-contract-world";
import { beforeEach, describe, expect, test } from "vitest";
import { openSession } from "../agents/connections.ts";
import { createService } from "../commands/create-service.ts";
import { runTask } from "../commands/run-task.ts";
import { updateContainerInstancesState } from "../commands/update-container-instances-state.ts";
import { handleWake } from "../reconcile/handle-wake.ts";
import { sweep } from "../reconcile/sweep.ts";
import { noteHost } from "./note-host.ts";

const EC2 = "i-0123456789abcdef0";
const CLUSTER = "default";
const ID = instanceId(1);
const OTHER = instanceId(2);

let plane: TestControlPlane;

/** A service's task and a standalone one on a connected instance on EC2, and nowhere else to go. */
beforeEach(async () => {
  plane = aControlPlane();
  await setUpCluster(plane, { instance: { ec2InstanceId: EC2 } });
  const now = plane.now();
  await plane.store.sessions.create(
    aSession({
      connectionId: "connection-1",
      greetedConnectionId: "connection-1",
      connectedAt: now,
      auditedAt: now,
      nextHeartbeatAt: now + 1e9,
      leaseUntil: now + 1e9,
    }),
  );
  await createService(plane, { serviceName: "web", taskDefinition: "web", desiredCount: 1 });
  await runTask(plane, { taskDefinition: "web" });
  await settle();
  await runAll();
  plane.advance(60_000);
});

/** Carries out what is woken at once. */
async function settle(): Promise<void> {
  for (let wake = plane.wakes.shift(); wake; wake = plane.wakes.shift()) {
    if (wake.timing.kind !== "after") await handleWake(plane, wake.message);
  }
}

async function runAll(): Promise<void> {
  for (const task of await tasksHere()) {
    await plane.store.tasks.replace({ ...task, lastStatus: "RUNNING", startedAt: plane.now() });
  }
}

async function tasksHere() {
  const { items } = await plane.store.tasks.page(
    { cluster: CLUSTER, archived: false },
    { limit: 10 },
  );
  const archived = await plane.store.tasks.page(
    { cluster: CLUSTER, archived: true },
    { limit: 10 },
  );
  return [...items, ...archived.items].filter(
    ({ containerInstanceId }) => containerInstanceId === ID,
  );
}

const hear = async (state: HostNotice["state"], at = plane.now()) =>
  noteHost(plane, { ec2InstanceId: EC2, state, at });

/** Instance, its connection, then its tasks, the service's first. */
async function outcome(): Promise<string> {
  const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
  const tasks = (await tasksHere()).toSorted((a, b) => (a.group < b.group ? 1 : -1));
  const said = tasks.map(({ lastStatus, draining, stopCode, stoppedReason }) =>
    lastStatus === "STOPPED"
      ? `STOPPED ${stopCode} ${stoppedReason}`
      : `${lastStatus}${draining ? " draining" : ""}`,
  );
  return [`${ledger?.status}${ledger?.agentConnected ? "" : " away"}`, ...said].join(", ");
}

const stopped = (state: string) => `STOPPED TerminationNotice Host EC2 (instance ${EC2}) ${state}.`;
const LEFT = "DRAINING, RUNNING draining, RUNNING";
const STOPPED = `DRAINING away, ${stopped("stopped")}, ${stopped("stopped")}`;
const TERMINATED = `INACTIVE away, ${stopped("terminated")}, ${stopped("terminated")}`;

describe("what EC2 tells of a machine", () => {
  test.each([
    { states: ["leaving"], expected: LEFT },
    { states: ["stopped"], expected: STOPPED },
    { states: ["leaving", "stopped"], expected: STOPPED },
    { states: ["terminated"], expected: TERMINATED },
    { states: ["leaving", "leaving", "terminated"], expected: TERMINATED },
    {
      states: ["leaving", "stopped", "terminated"],
      expected: STOPPED.replace("DRAINING", "INACTIVE"),
    },
  ] as const)("$states", async ({ states, expected }) => {
    for (const state of states) {
      await hear(state);
      await settle();
      plane.advance(1_000);
    }
    expect(await outcome()).toBe(expected);
  });

  test.each([
    { name: "settled one by one", settleBetween: true },
    { name: "settled together", settleBetween: false },
  ])("ends alike when it comes twice and backwards, $name", async ({ settleBetween }) => {
    const start = plane.now();
    const notices = [
      ["terminated", start + 2],
      ["terminated", start + 2],
      ["leaving", start + 1],
      ["leaving", start],
      ["terminated", start + 2],
    ] as const;
    for (const [state, at] of notices) {
      await hear(state, at);
      if (settleBetween) await settle();
    }
    await settle();
    expect(await outcome()).toBe(TERMINATED);
  });

  test("is news once: a second time nothing is written and nobody woken", async () => {
    expect(await hear("leaving")).toEqual([{ cluster: CLUSTER, id: ID }]);
    await settle();
    const before = await plane.store.instances.findLedger(CLUSTER, ID);
    expect(await hear("leaving")).toEqual([]);
    expect(plane.wakes).toEqual([]);
    expect(await plane.store.instances.findLedger(CLUSTER, ID)).toEqual(before);
  });

  test("of a machine without container instances changes nothing", async () => {
    const before = await outcome();
    const notice = { ec2InstanceId: "i-elsewhere", state: "terminated", at: plane.now() } as const;
    expect(await noteHost(plane, notice)).toEqual([]);
    expect(plane.wakes).toEqual([]);
    expect(await outcome()).toBe(before);
  });

  test("reaches every instance that registered from there", async () => {
    await plane.store.instances.create(
      anInstance({ id: OTHER, ec2InstanceId: EC2 }),
      aLedger({ id: OTHER }),
    );
    await hear("terminated");
    const ledgers = [ID, OTHER].map((id) => plane.store.instances.findLedger(CLUSTER, id));
    expect((await Promise.all(ledgers)).map((ledger) => ledger?.status)).toEqual([
      "INACTIVE",
      "INACTIVE",
    ]);
  });
});

describe("a service whose task was on a machine that ended", () => {
  test.each(["stopped", "terminated"] as const)(
    "has it replaced elsewhere at once: %s",
    async (state) => {
      await plane.store.instances.create(anInstance({ id: OTHER }), aLedger({ id: OTHER }));
      await hear(state);
      await settle();
      const tasks = await plane.store.tasks.ofGroup(CLUSTER, "service:web");
      expect(tasks.map((task) => [task.containerInstanceId, task.desiredStatus])).toEqual([
        [OTHER, "RUNNING"],
      ]);
      const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
      expect(ledger?.reservations).toEqual({});
      expect(ledger).not.toHaveProperty("due");
    },
  );
});

describe("a machine that was stopped and started", () => {
  const reconnect = async () => {
    plane.advance(30_000);
    await openSession(plane, { cluster: CLUSTER, id: ID, connectionId: "connection-2" });
    await settle();
  };

  test("takes tasks again once its agent is back, and old notices are no news", async () => {
    const at = plane.now();
    await hear("leaving", at);
    await hear("stopped", at + 1_000);
    await settle();
    await reconnect();
    await hear("stopped", at + 1_000);
    await hear("leaving", at);
    await settle();
    const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
    expect(ledger).toMatchObject({ status: "ACTIVE", agentConnected: true });
    const [task] = await plane.store.tasks.ofGroup(CLUSTER, "service:web");
    expect(task).toMatchObject({ containerInstanceId: ID, lastStatus: "PENDING" });
  });

  test("is not lost when the notice of its stop comes after its agent", async () => {
    const at = plane.now();
    await reconnect();
    await hear("stopped", at);
    await settle();
    expect(await outcome()).toBe("ACTIVE, RUNNING, RUNNING");
  });

  test("stays DRAINING where a user asked for that meanwhile", async () => {
    await hear("leaving");
    await updateContainerInstancesState(plane, { containerInstances: [ID], status: "DRAINING" });
    plane.advance(1_000);
    await hear("stopped");
    await settle();
    await reconnect();
    const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
    expect(ledger).toMatchObject({ status: "DRAINING", agentConnected: true });
  });
});

test("a task written late onto a machine that is gone is given up as well", async () => {
  const { instances, tasks } = plane.store;
  await hear("terminated");
  const late = aTask({ id: taskId("family:batch", 9), containerInstanceId: ID });
  const ledger = there(await instances.findLedger(CLUSTER, ID));
  const reservations = { [late.id]: aReservation({ reservedAt: plane.now() }) };
  await instances.replaceLedger({ ...ledger, reservations });
  await settle();
  await tasks.create(late);

  plane.advance(plane.settings.orphanedReservationMs);
  await sweep(plane);
  await settle();

  expect((await tasks.find(CLUSTER, late.id))?.lastStatus).toBe("STOPPED");
  const after = await instances.findLedger(CLUSTER, ID);
  expect(after?.reservations).toEqual({});
  expect(after?.due).toBeUndefined();
});
