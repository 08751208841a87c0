import { aService, aTask, aReservation, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { reconcileService } from "./service.ts";

/** Instance 1 is nearly full, instance 2 nearly empty; each runs one task of the service. */
test("a scale-in of a binpacked service empties the emptier instance", async () => {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { instanceCount: 2 });
  const { instances, services, tasks } = controlPlane.store;
  const tasksOn = [1, 2].map((number) =>
    aTask({
      id: taskId("service:web", number),
      containerInstanceId: instanceId(number),
      startedBy: "ecs-svc/0000000000000000001",
      lastStatus: "RUNNING",
      startedAt: 0,
      // By age alone the first would go.
      createdAt: number,
    }),
  );
  for (const task of tasksOn) await tasks.create(task);
  const hold = async (number: number, memoryMiB: number) => {
    const ledger = await instances.findLedger("default", instanceId(number));
    if (!ledger) throw new Error("There is no such instance.");
    const held = taskId("family:batch", number);
    const reservations = { [held]: aReservation({ memoryMiB, reservedAt: controlPlane.now() }) };
    await instances.replaceLedger({ ...ledger, reservations });
  };
  await hold(1, 800);
  await hold(2, 100);
  await services.create(
    aService({ desiredCount: 1, placementStrategy: [{ type: "binpack", field: "memory" }] }),
  );

  await reconcileService(controlPlane, "default", "web");

  const after = await tasks.ofGroup("default", "service:web");
  expect(after.map(({ desiredStatus }) => desiredStatus)).toEqual(["RUNNING", "STOPPED"]);
});
