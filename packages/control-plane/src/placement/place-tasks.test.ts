import { groupHash } from "@berth/domain/group-hash";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import {
  aContainerDefinition,
  aReservation,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { aRequest, GROUP, heldOn, ledgerOf } from "@berth/testing/place-request";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { placeTasks, startTasksOn } from "./place-tasks.ts";

/** A table in which somebody else writes the ledger of instance 1 just before we do, so many times. */
function contendedTable(table: Table, times: number): Table {
  let left = times;
  const isLedger = (item: Item) => item.sk === instanceId(1) && "reservations" in item;
  return {
    ...table,
    replace: async (item) => {
      if (isLedger(item) && left > 0) {
        left -= 1;
        const current = await table.get(item);
        if (current) await table.replace(current);
      }
      return table.replace(item);
    },
  };
}

describe("placeTasks", () => {
  test("starts nothing too late, and leaves it to whoever plans next", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 3 });
    const startBefore = controlPlane.now() - 1;

    const outcome = await placeTasks(controlPlane, aRequest(controlPlane, { startBefore }));

    expect(outcome).toEqual({ placed: [], unplaced: [] });
    expect(await heldOn(controlPlane, 1)).toEqual([]);
  });

  test("writes each task with what it holds reserved, and wakes its agent once", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 3 });

    const { placed, unplaced } = await placeTasks(controlPlane, aRequest(controlPlane));

    expect(unplaced).toEqual([]);
    expect(new Set(placed.map((task) => task.availabilityZone))).toEqual(
      new Set(["eu-central-1a", "eu-central-1b", "eu-central-1c"]),
    );
    for (const task of placed) {
      const stored = await controlPlane.store.tasks.find("default", task.id);
      expect(stored).toEqual(task);
      expect(stored?.lastStatus).toBe("PENDING");
      const ledger = await controlPlane.store.instances.findLedger(
        "default",
        task.containerInstanceId,
      );
      expect(ledger?.reservations[task.id]).toEqual(
        aReservation({ reservedAt: controlPlane.now() }),
      );
    }
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual(
      expect.arrayContaining(
        placed.map(({ id, containerInstanceId }) => ({
          kind: "dispatch",
          cluster: "default",
          containerInstanceId,
          taskIds: [id],
        })),
      ),
    );
  });

  test("reserves a whole batch on an instance in one write", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await placeTasks(controlPlane, aRequest(controlPlane));
    expect((await ledgerOf(controlPlane, 1))?.version).toBe(2);
    expect(controlPlane.wakes).toHaveLength(1);
  });

  test("says why, per instance, for those that no instance takes", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const container = aContainerDefinition({ cpu: 600 });
    const definition = aTaskDefinition({ containerDefinitions: [container] });

    const { placed, unplaced } = await placeTasks(
      controlPlane,
      aRequest(controlPlane, { definition }),
    );

    expect(placed).toHaveLength(2);
    expect(unplaced).toMatchObject([
      {
        failures: [
          { containerInstanceId: instanceId(1), reason: "RESOURCE:CPU" },
          { containerInstanceId: instanceId(2), reason: "RESOURCE:CPU" },
        ],
      },
    ]);
  });

  test("looks at the sizes that overrides set", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    const request = aRequest(controlPlane, { overrides: { memory: "900" } });
    const { placed, unplaced } = await placeTasks(controlPlane, request);
    expect([placed.length, unplaced.length]).toEqual([1, 2]);
  });

  test("chooses again from a fresh ledger after a lost race", async () => {
    const controlPlane = aControlPlane({ table: contendedTable(createMemoryTable(), 3) });
    await setUpCluster(controlPlane);
    const { placed } = await placeTasks(controlPlane, aRequest(controlPlane));
    expect(placed).toHaveLength(3);
    expect(await heldOn(controlPlane, 1)).toHaveLength(3);
  });

  test("gives up on an instance that others always get first, holding nothing", async () => {
    const table = contendedTable(createMemoryTable(), Number.POSITIVE_INFINITY);
    const controlPlane = aControlPlane({ table });
    await setUpCluster(controlPlane);
    const { placed, unplaced } = await placeTasks(controlPlane, aRequest(controlPlane));
    expect(placed).toEqual([]);
    expect(unplaced[0]?.failures).toMatchObject([
      { containerInstanceId: instanceId(1), reason: expect.stringContaining("unavailable") },
    ]);
    expect(await heldOn(controlPlane, 1)).toEqual([]);
  });

  test("places as many at once as capacity allows, however many callers race", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, caller) =>
        placeTasks(
          controlPlane,
          aRequest(controlPlane, {
            taskIds: [taskId(GROUP, 2 * caller), taskId(GROUP, 2 * caller + 1)],
          }),
        ),
      ),
    );
    expect(outcomes.flatMap(({ placed }) => placed)).toHaveLength(16);
    expect(outcomes.flatMap(({ unplaced }) => unplaced)).toHaveLength(4);
    expect(await heldOn(controlPlane, 1)).toHaveLength(8);
    expect(await heldOn(controlPlane, 2)).toHaveLength(8);
  });
});

describe("startTasksOn", () => {
  const places = (...numbers: readonly number[]) =>
    numbers.map((number, index) => ({
      taskId: groupHash(GROUP) + index.toString(16).padStart(24, "0"),
      containerInstanceId: instanceId(number),
    }));

  test("starts on the given instances, whatever strategy would choose", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 3 });
    const placement = { kind: "named" } as const;
    const request = { ...aRequest(controlPlane), places: places(2, 2, 3), placement };
    const { placed } = await startTasksOn(controlPlane, request);
    expect(placed.map((task) => task.containerInstanceId).toSorted()).toEqual([
      instanceId(2),
      instanceId(2),
      instanceId(3),
    ]);
  });

  test("says what is missing, inactive or full", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const draining = await ledgerOf(controlPlane, 2);
    if (!draining) throw new Error("no ledger");
    await controlPlane.store.instances.replaceLedger({ ...draining, status: "DRAINING" });
    const request = {
      ...aRequest(controlPlane, { overrides: { cpu: "700" } }),
      places: places(1, 1, 2, 7),
      placement: { kind: "named" } as const,
    };

    const { placed, unplaced } = await startTasksOn(controlPlane, request);

    expect(placed).toHaveLength(1);
    expect(unplaced.flatMap(({ failures }) => failures)).toMatchObject([
      { containerInstanceId: instanceId(1), reason: "RESOURCE:CPU" },
      { containerInstanceId: instanceId(2), reason: "INACTIVE" },
      { containerInstanceId: instanceId(7), reason: "MISSING" },
    ]);
  });
});
