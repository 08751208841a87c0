import { createMemoryTable } from "@berth/store/memory/table";
import { aReservation, instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { aRequest, FIRST, heldOn, ledgerOf, reserve } from "@berth/testing/place-request";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { placeTasks } from "./place-tasks.ts";

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
    await reserve(controlPlane, 2, {
      [FIRST]: aReservation({ reservedAt: controlPlane.now() }),
    });
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
