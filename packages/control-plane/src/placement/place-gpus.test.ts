import {
  aContainerDefinition,
  aReservation,
  aTaskDefinition,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { aRequest, FIRST, GROUP, ledgerOf, reserve } from "@berth/testing/place-request";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { placeTasks } from "./place-tasks.ts";

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

  test("gives as many as the call asks for instead", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b");
    const { name } = aContainerDefinition();
    const resourceRequirements = [{ type: "GPU", value: "2" }] as const;
    const { placed } = await placeTasks(
      controlPlane,
      aRequest(controlPlane, {
        definition,
        taskIds: [FIRST],
        overrides: { containerOverrides: [{ name, resourceRequirements }] },
      }),
    );
    expect(placed[0]?.containers[0]?.gpuIds).toEqual(["GPU-a", "GPU-b"]);
    expect(await gpusHeld(controlPlane)).toEqual([["GPU-a", "GPU-b"]]);
  });

  test("gives a task that was not written those that are reserved for it", async () => {
    const controlPlane = await aClusterWithGpus("GPU-a", "GPU-b");
    const held = { reservedAt: controlPlane.now(), countable: { GPU: 1 }, gpuIds: ["GPU-b"] };
    await reserve(controlPlane, 1, { [FIRST]: aReservation(held) });

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
