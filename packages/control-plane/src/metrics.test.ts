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
import { beforeEach, describe, expect, test } from "vitest";
import { runTask } from "./commands/run-task.ts";
import { submitTaskStateChange } from "./commands/submit-task-state-change.ts";
import { recordDisconnected } from "./reconcile/agent-presence.ts";
import { tendInstance } from "./reconcile/instance.ts";
import { sweep } from "./reconcile/sweep.ts";

const CLUSTER = "default";
const ID = instanceId(1);

let plane: TestControlPlane;

beforeEach(() => {
  plane = aControlPlane();
});

/** What was recorded since the last time. */
const recorded = () => plane.recorded.splice(0);

describe("tasks", () => {
  const report = (status: "RUNNING" | "STOPPED", exitCode?: number) =>
    submitTaskStateChange(plane, {
      cluster: CLUSTER,
      task: taskId("family:web", 1),
      status,
      containers: [{ containerName: "main", status, ...(exitCode !== undefined && { exitCode }) }],
    });

  beforeEach(async () => {
    await setUpCluster(plane);
    await plane.store.tasks.create(
      aTask({ id: taskId("family:web", 1), group: "family:web", lastStatus: "PENDING" }),
    );
  });

  test("are counted when they start and when they stop, once each however often it is reported", async () => {
    await report("RUNNING");
    await report("RUNNING");
    expect(recorded()).toEqual([["TasksStarted", 1]]);
    await report("STOPPED", 0);
    await report("STOPPED", 0);
    expect(recorded()).toEqual([["TasksStopped", 1, "EssentialContainerExited"]]);
  });

  test("that were over before they were said to run have started too", async () => {
    await report("STOPPED", 0);
    expect(recorded()).toEqual([
      ["TasksStarted", 1],
      ["TasksStopped", 1, "EssentialContainerExited"],
    ]);
  });

  test("that never ran have not", async () => {
    await report("STOPPED");
    expect(recorded()).toEqual([["TasksStopped", 1, "TaskFailedToStart"]]);
  });

  test("that are lost with their instance are counted", async () => {
    const id = taskId("family:web", 1);
    const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
    if (!ledger) throw new Error("no ledger");
    await plane.store.instances.replaceLedger({
      ...ledger,
      reservations: { [id]: aReservation() },
    });
    await plane.store.sessions.create(aSession({ disconnectedAt: 0 }));
    await tendInstance(plane, CLUSTER, ID);
    await tendInstance(plane, CLUSTER, ID);
    expect(recorded()).toEqual([["TasksStopped", 1, "TerminationNotice"]]);
  });

  test("that find no place are counted with each try", async () => {
    await runTask(plane, { taskDefinition: "web", count: 10 });
    expect(recorded()).toEqual([["PlacementFailures", 2]]);
  });
});

describe("the sweep", () => {
  test("says how late the oldest mark is, and nothing where none is up", async () => {
    await sweep(plane);
    expect(recorded()).toEqual([]);
    const due = plane.now();
    await plane.store.tasks.create({ ...aTask({ id: taskId("family:a", 1) }), due });
    await plane.store.tasks.create({ ...aTask({ id: taskId("family:a", 2) }), due: due + 5_000 });
    plane.advance(7_000);
    await sweep(plane);
    expect(recorded()).toEqual([["ReconcileLag", 7_000]]);
  });

  test("counts the agents that have been away for a minute, until they are back", async () => {
    await plane.store.instances.create(anInstance(), aLedger());
    await plane.store.sessions.create(aSession({ connectionId: "c1" }));
    const session = await plane.store.sessions.find(CLUSTER, ID);
    if (!session) throw new Error("no session");
    await recordDisconnected(plane, session);
    plane.advance(60_000);
    await sweep(plane);
    expect(recorded()).toEqual([]);
    plane.advance(1);
    await sweep(plane);
    await sweep(plane);
    expect(recorded()).toEqual([
      ["DisconnectedAgents", 1],
      ["DisconnectedAgents", 1],
    ]);
    const away = await plane.store.sessions.find(CLUSTER, ID);
    if (!away) throw new Error("no session");
    const leaseUntil = plane.now() + 1e6;
    await plane.store.sessions.replace({ ...away, connectionId: "c2", leaseUntil });
    await tendInstance(plane, CLUSTER, ID);
    await sweep(plane);
    expect(recorded()).toEqual([]);
  });
});
