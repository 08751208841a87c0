import { describe, expect, test } from "vitest";
import { groupHash } from "@berth/domain/group-hash";
import type { PlacementStrategy } from "@berth/domain/service";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import {
  aContainerDefinition,
  aReservation,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import type { Launch } from "./new-task.ts";
import { newTask } from "./new-task.ts";
import { placeTasks, startTasksOn, type PlaceTasksRequest } from "./place-tasks.ts";

const GROUP = "service:web";
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((number) => taskId(GROUP, number)) as [
  string,
  string,
  string,
];
const OVER_INSTANCES: readonly PlacementStrategy[] = [{ type: "spread", field: "instanceId" }];

/** Tasks of 128 CPU units and MiB; an instance has 1024 of each. */
function aRequest(
  controlPlane: TestControlPlane,
  overrides: Partial<PlaceTasksRequest> = {},
): PlaceTasksRequest {
  const definition = overrides.definition ?? aTaskDefinition();
  const launch: Launch = {
    cluster: "default",
    definition,
    group: GROUP,
    launchType: "EC2",
    cause: { kind: "deployment", id: "ecs-svc/1" },
  };
  return {
    ...launch,
    taskIds: [FIRST, SECOND, THIRD],
    constraints: [],
    strategy: OVER_INSTANCES,
    newTask: (place) => newTask(controlPlane, launch, place),
    ...overrides,
  };
}

const ledgerOf = async (controlPlane: TestControlPlane, number: number) =>
  controlPlane.store.instances.findLedger("default", instanceId(number));

const heldOn = async (controlPlane: TestControlPlane, number: number) =>
  Object.keys((await ledgerOf(controlPlane, number))?.reservations ?? {});

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

describe("placeTasks, repeated", () => {
  test("starts nothing twice", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 3 });
    const first = await placeTasks(controlPlane, aRequest(controlPlane));
    const second = await placeTasks(controlPlane, aRequest(controlPlane));
    const places = (tasks: typeof first.placed) =>
      tasks.map(({ id, containerInstanceId }) => `${id}@${containerInstanceId}`).toSorted();
    expect(places(second.placed)).toEqual(places(first.placed));
    const held = await Promise.all([1, 2, 3].map((number) => heldOn(controlPlane, number)));
    expect(held.flat()).toHaveLength(3);
  });

  test("uses the reservation of a try that died before writing its task", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const ledger = await ledgerOf(controlPlane, 2);
    if (!ledger) throw new Error("no ledger");
    const reservations = { [FIRST]: aReservation({ reservedAt: controlPlane.now() }) };
    await controlPlane.store.instances.replaceLedger({ ...ledger, reservations });
    controlPlane.advance(20_000);

    const request = aRequest(controlPlane, { taskIds: [FIRST] });
    const { placed } = await placeTasks(controlPlane, request);

    expect(placed[0]?.containerInstanceId).toBe(instanceId(2));
    expect((await ledgerOf(controlPlane, 2))?.reservations[FIRST]?.reservedAt).toBe(
      controlPlane.now(),
    );
    expect(await heldOn(controlPlane, 1)).toEqual([]);
  });

  test("gives its reservation back where the task is on another instance already", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 2 });
    const request = aRequest(controlPlane, { taskIds: [FIRST] });
    // Its own reservation is gone, as that of a task which another pass wrote since we read.
    const elsewhere = request.newTask({ taskId: FIRST, containerInstanceId: instanceId(9) });
    await controlPlane.store.tasks.create(elsewhere);

    const { placed } = await placeTasks(controlPlane, request);

    expect(placed.map((task) => task.containerInstanceId)).toEqual([instanceId(9)]);
    expect(await heldOn(controlPlane, 1)).toEqual([]);
    expect(await heldOn(controlPlane, 2)).toEqual([]);
  });

  test("holds nothing for a task that has stopped meanwhile", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    const request = aRequest(controlPlane, { taskIds: [FIRST] });
    const stopped = request.newTask({ taskId: FIRST, containerInstanceId: instanceId(1) });
    await controlPlane.store.tasks.create({ ...stopped, lastStatus: "STOPPED" });
    const { placed } = await placeTasks(controlPlane, request);
    expect(placed.map((task) => task.lastStatus)).toEqual(["STOPPED"]);
    expect(await heldOn(controlPlane, 1)).toEqual([]);
  });

  test("never writes a task whose reservation is so old that the sweep may have taken it", async () => {
    const slowTable = createMemoryTable();
    let isSlow = true;
    const controlPlane = aControlPlane({
      table: {
        ...slowTable,
        replace: async (item) => {
          const outcome = await slowTable.replace(item);
          if (isSlow && "reservations" in item) {
            isSlow = false;
            controlPlane.advance(controlPlane.settings.orphanedReservationMs);
          }
          return outcome;
        },
      },
    });
    await setUpCluster(controlPlane);
    const request = aRequest(controlPlane, { taskIds: [FIRST] });
    const { placed } = await placeTasks(controlPlane, request);
    expect(placed).toHaveLength(1);
    expect((await ledgerOf(controlPlane, 1))?.reservations[FIRST]?.reservedAt).toBe(
      controlPlane.now(),
    );
  });
});

describe("placeTasks, of GPUs", () => {
  const container = aContainerDefinition({ resourceRequirements: [{ type: "GPU", value: "1" }] });
  const definition = aTaskDefinition({ containerDefinitions: [container] });

  async function aClusterWithGpus(...gpuIds: readonly string[]) {
    const controlPlane = aControlPlane();
    const registered = {
      cpuUnits: 1024,
      memoryMiB: 1024,
      usedTcpPorts: [],
      usedUdpPorts: [],
      countable: { GPU: gpuIds.length },
    };
    await setUpCluster(controlPlane, { instance: { registered, gpuIds } });
    return controlPlane;
  }

  const place = async (controlPlane: TestControlPlane, ...numbers: readonly number[]) =>
    placeTasks(
      controlPlane,
      aRequest(controlPlane, { definition, taskIds: numbers.map((each) => taskId(GROUP, each)) }),
    );

  const gpusHeld = async (controlPlane: TestControlPlane) =>
    Object.values((await ledgerOf(controlPlane, 1))?.reservations ?? {}).map(
      ({ gpuIds = [] }) => gpuIds,
    );

  test("gives each task its own, and places no more tasks than there are", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b", "GPU-c");

    await place(controlPlane, 1);
    const { placed, unplaced } = await place(controlPlane, 2, 3, 4);

    expect(placed).toHaveLength(2);
    expect(unplaced.flatMap(({ failures }) => failures)).toMatchObject([
      { reason: "RESOURCE:GPU" },
    ]);
    const held = await gpusHeld(controlPlane);
    expect(held.flat().toSorted()).toEqual(["GPU-a", "GPU-b", "GPU-c"]);
  });

  test("tells each container which are its own", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b", "GPU-c", "GPU-d");
    const asking = (name: string, value: string) =>
      aContainerDefinition({ name, resourceRequirements: [{ type: "GPU", value }] });
    const containerDefinitions = [
      asking("trainer", "2"),
      aContainerDefinition({ name: "logger" }),
      asking("viewer", "1"),
    ];
    const { placed } = await placeTasks(
      controlPlane,
      aRequest(controlPlane, {
        definition: aTaskDefinition({ containerDefinitions }),
        taskIds: [FIRST],
      }),
    );
    expect(placed[0]?.containers.map(({ name, gpuIds }) => [name, gpuIds])).toEqual([
      ["trainer", ["GPU-a", "GPU-b"]],
      ["logger", undefined],
      ["viewer", ["GPU-c"]],
    ]);
    expect(placed[0]).not.toHaveProperty("gpuIds");
  });

  test("gives a task that was not written those that are reserved for it", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b");
    const ledger = await ledgerOf(controlPlane, 1);
    if (!ledger) throw new Error("no ledger");
    const held = { reservedAt: controlPlane.now(), countable: { GPU: 1 }, gpuIds: ["GPU-b"] };
    const reservations = { [FIRST]: aReservation(held) };
    await controlPlane.store.instances.replaceLedger({ ...ledger, reservations });

    const { placed } = await place(controlPlane, 1);

    expect(placed[0]?.containers[0]?.gpuIds).toEqual(["GPU-b"]);
  });

  test("leaves each task those that it has where the try is repeated", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b", "GPU-c");
    await place(controlPlane, 1, 2);
    const before = await gpusHeld(controlPlane);

    await place(controlPlane, 2, 1, 3);

    expect(await gpusHeld(controlPlane)).toEqual([...before, ["GPU-c"]]);
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
