import { describe, expect, test } from "vitest";
import type { QueuedRun } from "@berth/domain/queued-run";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import {
  aQueuedRun,
  aReservation,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { releaseReservations } from "../placement/reservations.ts";
import { handleWake } from "./handle-wake.ts";
import { offerCapacity } from "./placement.ts";
import { tendQueuedRun } from "./queued-run.ts";
import { sweep } from "./sweep.ts";

const OTHER = taskId("family:other", 1);
const FULL = { [OTHER]: aReservation({ cpuUnits: 1_024, memoryMiB: 1_024 }) };
const DEADLINE_MS = 300_000;

/** One instance and one run of two tasks, queued now. */
async function aWorld({
  isFull = true,
  run = {},
  table = createMemoryTable(),
}: { isFull?: boolean; run?: Partial<QueuedRun>; table?: Table } = {}): Promise<TestControlPlane> {
  const controlPlane = aControlPlane({ table });
  await setUpCluster(controlPlane, { ledger: { reservations: isFull ? FULL : {} } });
  await queue(controlPlane, run);
  return controlPlane;
}

async function queue(controlPlane: TestControlPlane, run: Partial<QueuedRun> = {}): Promise<void> {
  const queuedAt = controlPlane.now();
  await controlPlane.store.queuedRuns.create({
    ...aQueuedRun({ queuedAt, deadline: queuedAt + DEADLINE_MS, ...run }),
    due: queuedAt,
  });
}

const RUN = aQueuedRun();

async function theRun({ store }: TestControlPlane, id = RUN.id) {
  const run = await store.queuedRuns.find("default", id);
  if (!run) throw new Error("the run is missing");
  return run;
}

const tend = async (controlPlane: TestControlPlane, id = RUN.id) => {
  await tendQueuedRun(controlPlane, "default", id);
  return theRun(controlPlane, id);
};

const tasksOf = async ({ store }: TestControlPlane) =>
  store.tasks.findMany("default", aQueuedRun().taskIds);

const free = (controlPlane: TestControlPlane) =>
  releaseReservations(controlPlane, "default", instanceId(1), [OTHER]);

const wakesOf = (controlPlane: TestControlPlane, kind: string) =>
  controlPlane.wakes.filter(({ message }) => message.kind === kind);

async function settle(controlPlane: TestControlPlane): Promise<void> {
  for (let wake = controlPlane.wakes.shift(); wake; wake = controlPlane.wakes.shift()) {
    if (wake.timing.kind !== "after") await handleWake(controlPlane, wake.message);
  }
}

describe("a queued run", () => {
  test("is placed at once where there is room, with all that was asked for", async () => {
    const launch = {
      startedBy: "pipeline",
      overrides: { containerOverrides: [{ name: "main", command: ["true"] }] },
      tags: [{ key: "team", value: "a" }],
      referenceId: "r",
    };
    const controlPlane = await aWorld({ isFull: false, run: launch });
    const run = await tend(controlPlane);
    expect(run).toMatchObject({ status: "PLACED", unplacedTaskIds: [] });
    expect(run).not.toHaveProperty("due");
    const tasks = await tasksOf(controlPlane);
    expect(tasks).toHaveLength(2);
    for (const task of tasks) {
      expect(task).toMatchObject({ ...launch, group: RUN.group, taskDefinition: "web:1" });
      expect(task.history).toEqual([{ at: controlPlane.now(), to: "PENDING", cause: RUN.cause }]);
    }
  });

  test("waits where there is none, with the reasons once, and a mark to be tried again", async () => {
    const controlPlane = await aWorld();
    const run = await tend(controlPlane);
    expect(run).toMatchObject({
      status: "WAITING",
      unplacedTaskIds: RUN.taskIds,
      due: controlPlane.now() + 60_000,
      latestTry: { since: controlPlane.now() },
    });
    expect(run.latestTry?.refusals).toEqual([
      {
        containerInstanceId: instanceId(1),
        reason: "RESOURCE:CPU",
        detail: expect.stringContaining("needs 128"),
      },
    ]);
  });

  test("is not written again by a try that finds the same before its mark comes up", async () => {
    const controlPlane = await aWorld();
    const { version } = await tend(controlPlane);
    controlPlane.advance(30_000);
    expect((await tend(controlPlane)).version).toBe(version);
    expect(wakesOf(controlPlane, "queuedRun")).toHaveLength(1);
  });

  test("is offered what is freed, and placed", async () => {
    const controlPlane = await aWorld();
    await tend(controlPlane);
    await free(controlPlane);
    await settle(controlPlane);
    expect((await theRun(controlPlane)).status).toBe("PLACED");
    expect(await tasksOf(controlPlane)).toHaveLength(2);
  });

  test("keeps what found room and waits for the rest", async () => {
    const reservations = { [OTHER]: aReservation({ cpuUnits: 800, memoryMiB: 800 }) };
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { ledger: { reservations } });
    await queue(controlPlane);
    const half = await tend(controlPlane);
    expect(half).toMatchObject({ status: "WAITING", unplacedTaskIds: [RUN.taskIds[1]] });
    await free(controlPlane);
    await settle(controlPlane);
    expect((await theRun(controlPlane)).status).toBe("PLACED");
    expect(await tasksOf(controlPlane)).toHaveLength(2);
  });

  test("is found by the sweep where every message was lost", async () => {
    const controlPlane = await aWorld();
    await tend(controlPlane);
    await free(controlPlane);
    controlPlane.wakes.splice(0);
    controlPlane.advance(60_000);
    await sweep(controlPlane);
    await settle(controlPlane);
    expect((await theRun(controlPlane)).status).toBe("PLACED");
  });

  test("starts nothing after its deadline, and expires with what the latest try found", async () => {
    const controlPlane = await aWorld();
    await tend(controlPlane);
    await free(controlPlane);
    controlPlane.advance(DEADLINE_MS + 1);
    const late = await tend(controlPlane);
    expect(late).toMatchObject({ status: "WAITING", due: late.deadline + 2_000 });
    controlPlane.advance(2_000);
    const run = await tend(controlPlane);
    expect(run).toMatchObject({ status: "EXPIRED", unplacedTaskIds: RUN.taskIds });
    expect(run.latestTry?.refusals).toHaveLength(1);
    expect(run).not.toHaveProperty("due");
    expect(await tasksOf(controlPlane)).toEqual([]);
    expect(await controlPlane.store.queuedRuns.oldestWaiting("default", 10)).toEqual([]);
  });

  test("counts as placed what a try has written that died before it could say so", async () => {
    const table = createMemoryTable();
    let isDying = true;
    const dying: Table = {
      ...table,
      replace: async (item) => {
        if (isDying && item.pk.startsWith("queuedRuns#")) throw new Error("died");
        return table.replace(item);
      },
    };
    const controlPlane = await aWorld({ isFull: false, table: dying });
    await expect(tend(controlPlane)).rejects.toThrow("died");
    isDying = false;
    controlPlane.advance(DEADLINE_MS + 60_000);
    expect(await tend(controlPlane)).toMatchObject({ status: "PLACED", unplacedTaskIds: [] });
    expect(await tasksOf(controlPlane)).toHaveLength(2);
  });

  test("is not started twice by tries that overlap", async () => {
    const controlPlane = await aWorld({ isFull: false });
    await Promise.all([tend(controlPlane), tend(controlPlane), tend(controlPlane)]);
    expect((await theRun(controlPlane)).status).toBe("PLACED");
    const { items } = await controlPlane.store.tasks.page(
      { cluster: "default", archived: false },
      { limit: 10 },
    );
    expect(items.map(({ id }) => id).toSorted()).toEqual(RUN.taskIds.toSorted());
    const ledger = await controlPlane.store.instances.findLedger("default", instanceId(1));
    expect(Object.keys(ledger?.reservations ?? {}).toSorted()).toEqual(RUN.taskIds.toSorted());
  });

  test("that is cancelled gets its verdict once no earlier try can be under way", async () => {
    const controlPlane = await aWorld({ isFull: false });
    const cancellation = { at: controlPlane.now(), cause: RUN.cause };
    const { queuedRuns } = controlPlane.store;
    await queuedRuns.replace({
      ...(await theRun(controlPlane)),
      status: "CANCELLING",
      cancellation,
    });
    controlPlane.advance(3_999);
    expect((await tend(controlPlane)).status).toBe("CANCELLING");
    controlPlane.advance(1);
    expect(await tend(controlPlane)).toMatchObject({
      status: "CANCELLED",
      unplacedTaskIds: RUN.taskIds,
    });
    expect(await tasksOf(controlPlane)).toEqual([]);
  });

  test("is cancelled where its cluster is gone", async () => {
    const controlPlane = await aWorld({ isFull: false });
    const { clusters } = controlPlane.store;
    const cluster = await clusters.find("default");
    if (cluster) await clusters.replace({ ...cluster, status: "INACTIVE" });
    expect(await tend(controlPlane)).toMatchObject({
      status: "CANCELLING",
      cancellation: { cause: { kind: "controlPlane", reason: "Its cluster was deleted." } },
    });
    controlPlane.advance(4_000);
    expect((await tend(controlPlane)).status).toBe("CANCELLED");
  });
});

describe("freed capacity", () => {
  const great = aTaskDefinition({
    family: "great",
    cpu: "1024",
    memory: "1024",
  });

  test("is offered to the oldest run that it fits, and to no other that then finds none", async () => {
    const controlPlane = await aWorld({ isFull: false, run: { id: "a".repeat(32) } });
    await controlPlane.store.taskDefinitions.create(great);
    const now = controlPlane.now();
    const taskDefinition = "great:1";
    const of = (number: number) => [taskId("family:great", number)];
    await queue(controlPlane, {
      id: "b".repeat(32),
      taskDefinition,
      queuedAt: now - 1,
      taskIds: of(1),
    });
    await queue(controlPlane, {
      id: "c".repeat(32),
      taskDefinition,
      queuedAt: now - 2,
      taskIds: of(2),
    });
    await offerCapacity(controlPlane, "default");
    expect(wakesOf(controlPlane, "queuedRun").map(({ message }) => message)).toEqual([
      { kind: "queuedRun", cluster: "default", id: "c".repeat(32) },
    ]);
  });

  test("is not looked at where nobody waits", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await offerCapacity(controlPlane, "default");
    expect(controlPlane.wakes).toEqual([]);
  });
});
