import { aLedger, anInstance, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { there } from "@berth/testing/store-contract-world";
import { beforeEach, expect, test } from "vitest";
import { deregisterContainerInstance } from "../commands/deregister-container-instance.ts";
import { runTask } from "../commands/run-task.ts";
import { submitTaskStateChange } from "../commands/submit-task-state-change.ts";
import { handleWake } from "../reconcile/handle-wake.ts";
import { sweep } from "../reconcile/sweep.ts";
import { noteHost } from "./note-host.ts";

const EC2 = "i-0123456789abcdef0";
const CLUSTER = "default";
const ID = instanceId(1);
const MINUTE = 60_000;

let plane: TestControlPlane;
let task: string;

/** A standalone task on an instance of a group that scales in, whose agent is not there to be told. */
beforeEach(async () => {
  plane = aControlPlane({ settings: { lifecycleHeartbeatMs: MINUTE, drainAtMostMs: 10 * MINUTE } });
  await setUpCluster(plane, { instance: { ec2InstanceId: EC2 } });
  const { tasks } = await runTask(plane, { taskDefinition: "web" });
  task = tasks?.[0]?.taskArn ?? "";
});

const scaleIn = async (token = "t1") =>
  noteHost(plane, {
    ec2InstanceId: EC2,
    state: "leaving",
    at: plane.now(),
    lifecycleAction: { autoScalingGroup: "berth", hook: "berth-drain", token },
  });

const taskEnds = async () =>
  submitTaskStateChange(plane, { cluster: CLUSTER, task, status: "STOPPED", containers: [] });

/** Carries out what is woken, then what a sweep after this time still finds. */
async function pass(ms: number): Promise<readonly string[]> {
  await settle();
  plane.advance(ms);
  await sweep(plane);
  await settle();
  return plane.lifecycleCalls.splice(0);
}

async function settle(): Promise<void> {
  for (let wake = plane.wakes.shift(); wake; wake = plane.wakes.shift()) {
    if (wake.timing.kind !== "after") await handleWake(plane, wake.message);
  }
}

const ledgerNow = async () => there(await plane.store.instances.findLedger(CLUSTER, ID));

test("a group is let go on once nothing runs on the machine, and once only", async () => {
  await scaleIn();
  expect(await pass(0)).toEqual([]);
  await taskEnds();
  expect(await pass(MINUTE)).toEqual(["complete t1"]);
  expect((await ledgerNow()).host).toEqual({
    ec2InstanceId: EC2,
    state: "leaving",
    at: expect.any(Number) as number,
    drained: true,
  });
  expect(await ledgerNow()).not.toHaveProperty("due");
  expect(await pass(10 * MINUTE)).toEqual([]);
});

test("a machine on which nothing runs is let go at once", async () => {
  await taskEnds();
  await scaleIn();
  expect(await pass(0)).toEqual(["complete t1"]);
});

test("a group is told to wait on while something runs, and goes on in the end", async () => {
  await scaleIn();
  const told: string[] = [];
  for (let minute = 1; minute <= 11; minute += 1) told.push(...(await pass(MINUTE)));
  expect(told).toEqual([...Array<string>(9).fill("extend t1"), "complete t1"]);
});

test("a group that does not wait any more is told no more", async () => {
  await scaleIn();
  plane.overActions.add("t1");
  expect(await pass(MINUTE)).toEqual(["extend t1"]);
  expect(await pass(10 * MINUTE)).toEqual([]);
  expect((await ledgerNow()).status).toBe("DRAINING");
});

test("what could not be told is told with the next look", async () => {
  await taskEnds();
  await scaleIn();
  const deaf: TestControlPlane = {
    ...plane,
    lifecycleActions: {
      ...plane.lifecycleActions,
      complete: () => Promise.reject(new Error("no Auto Scaling")),
    },
  };
  const wake = {
    kind: "dispatch",
    cluster: CLUSTER,
    containerInstanceId: ID,
    taskIds: [],
  } as const;
  await expect(handleWake(deaf, wake)).rejects.toThrow("no Auto Scaling");
  plane.wakes.length = 0;
  expect(await pass(1)).toEqual(["complete t1"]);
});

test("a machine with two instances is let go when both are empty", async () => {
  const other = instanceId(2);
  await plane.store.instances.create(
    anInstance({ cluster: "other", id: other, ec2InstanceId: EC2 }),
    aLedger({ cluster: "other", id: other }),
  );
  await scaleIn();
  expect(await pass(0)).toEqual([]);
  await taskEnds();
  expect(new Set(await pass(MINUTE))).toEqual(new Set(["complete t1"]));
});

test("an instance that is deregistered by force holds its machine no longer", async () => {
  await scaleIn();
  await deregisterContainerInstance(plane, { containerInstance: ID, force: true });
  expect(await pass(MINUTE)).toEqual(["complete t1"]);
});

test("the end of the machine ends the waiting", async () => {
  await scaleIn();
  await settle();
  await noteHost(plane, { ec2InstanceId: EC2, state: "terminated", at: plane.now() + 1 });
  expect(await pass(10 * MINUTE)).toEqual([]);
});
