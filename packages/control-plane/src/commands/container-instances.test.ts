import { aLedger, anInstance, aReservation, aTask, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { createCluster } from "./create-cluster.ts";
import { deregisterContainerInstance } from "./deregister-container-instance.ts";
import { describeContainerInstances } from "./describe-container-instances.ts";
import { discoverPollEndpoint } from "./discover-poll-endpoint.ts";
import { listContainerInstances } from "./list-container-instances.ts";
import { updateContainerInstancesState } from "./update-container-instances-state.ts";

const arn = (number: number) =>
  `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(number)}`;
const running = aTask({ id: "a".repeat(32), lastStatus: "RUNNING" });
const pending = aTask({ id: "b".repeat(32), lastStatus: "PENDING" });
/** Without tasks: a wake-up that names some is about them, not about their instance. */
const WAKE_OF_INSTANCE_1 = {
  kind: "dispatch",
  cluster: "default",
  containerInstanceId: instanceId(1),
  taskIds: [],
};

/** Instance 1 holds a running and a pending task, 2 is empty, 3 is DRAINING, 4 is INACTIVE. */
async function aCluster(): Promise<TestControlPlane> {
  const plane = aControlPlane({ now: 9_000 });
  await createCluster(plane, {});
  for (const task of [running, pending]) await plane.store.tasks.create(task);
  const reservations = {
    [running.id]: aReservation({ cpuUnits: 100, memoryMiB: 200, tcpPorts: [80] }),
    [pending.id]: aReservation({ cpuUnits: 24, memoryMiB: 56, udpPorts: [53] }),
  };
  const ledgers = [
    aLedger({ id: instanceId(1), reservations }),
    aLedger({ id: instanceId(2) }),
    aLedger({ id: instanceId(3), status: "DRAINING" }),
    aLedger({ id: instanceId(4), status: "INACTIVE" }),
  ];
  for (const ledger of ledgers) {
    const attributes = [{ name: "stack", value: ledger.id === instanceId(1) ? "prod" : "test" }];
    await plane.store.instances.create(anInstance({ id: ledger.id, attributes }), ledger);
  }
  return plane;
}
const ledgerOf = (plane: TestControlPlane, number: number) =>
  plane.store.instances.findLedger("default", instanceId(number));

describe("DescribeContainerInstances", () => {
  test("counts tasks and tells what is left", async () => {
    const plane = await aCluster();
    const { containerInstances } = await describeContainerInstances(plane, {
      containerInstances: [arn(1)],
    });
    expect(containerInstances?.[0]).toMatchObject({
      runningTasksCount: 1,
      pendingTasksCount: 1,
      tags: [],
    });
    const remaining = containerInstances?.[0]?.remainingResources?.map(
      ({ name, integerValue, stringSetValue }) => [name, stringSetValue ?? integerValue],
    );
    expect(remaining).toEqual([
      ["CPU", 900],
      ["MEMORY", 768],
      ["PORTS", ["80"]],
      ["PORTS_UDP", ["53"]],
    ]);
    const registered = containerInstances?.[0]?.registeredResources?.map(
      (each) => each.integerValue,
    );
    expect(registered).toEqual([1024, 1024, 0, 0]);
  });

  test("answers in the order of the question, with the unknown as failures", async () => {
    const plane = await aCluster();
    const { containerInstances, failures } = await describeContainerInstances(plane, {
      containerInstances: [instanceId(9), instanceId(3), arn(2), instanceId(3)],
      include: ["CONTAINER_INSTANCE_HEALTH"],
    });
    expect(containerInstances?.map((each) => each.containerInstanceArn)).toEqual([arn(3), arn(2)]);
    expect(containerInstances?.[0]?.healthStatus?.overallStatus).toBe("INSUFFICIENT_DATA");
    expect(failures).toEqual([{ arn: arn(9), reason: "MISSING" }]);
  });

  test.each([
    { ids: [], code: "ClientException", message: "Container Instances cannot be empty." },
    {
      ids: Array.from({ length: 101 }, (_, index) => instanceId(index)),
      code: "InvalidParameterException",
      message: "instanceIds can have at most 100 items.",
    },
  ])("refuses: $message", async ({ ids, code, message }) => {
    const refused = describeContainerInstances(await aCluster(), { containerInstances: ids });
    await expect(refused).rejects.toMatchObject({ code, message });
  });
});

describe("ListContainerInstances", () => {
  test.each([
    { request: {}, numbers: [1, 2, 3] },
    { request: { status: "DRAINING" as const }, numbers: [3] },
    { request: { filter: "attribute:stack == test" }, numbers: [2, 3] },
    { request: { filter: "runningTasksCount > 0" }, numbers: [1] },
  ])("$request", async ({ request, numbers }) => {
    const { containerInstanceArns } = await listContainerInstances(await aCluster(), request);
    expect(containerInstanceArns).toEqual(numbers.map(arn));
  });

  test("goes page by page", async () => {
    const plane = await aCluster();
    const first = await listContainerInstances(plane, { maxResults: 2 });
    const second = await listContainerInstances(plane, {
      maxResults: 2,
      nextToken: first.nextToken,
    });
    expect([first.containerInstanceArns, second.containerInstanceArns]).toEqual([
      [arn(1), arn(2)],
      [arn(3)],
    ]);
    expect(second.nextToken).toBeUndefined();
  });

  test("refuses an expression that does not parse", async () => {
    await expect(
      listContainerInstances(await aCluster(), { filter: "colour == red" }),
    ).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringMatching(/^Invalid filter: /) as string,
    });
  });
});

describe("UpdateContainerInstancesState", () => {
  test("drains: the ledger is marked, the controllers are told", async () => {
    const plane = await aCluster();
    const { containerInstances } = await updateContainerInstancesState(plane, {
      containerInstances: [arn(1)],
      status: "DRAINING",
    });
    expect(containerInstances?.[0]).toMatchObject({ status: "DRAINING", runningTasksCount: 1 });
    expect(await ledgerOf(plane, 1)).toMatchObject({ status: "DRAINING", due: 9_000 });
    expect(plane.wakes.map(({ message }) => message)).toEqual([
      WAKE_OF_INSTANCE_1,
      { kind: "placement", cluster: "default" },
    ]);
  });

  test("notes who asked, until the instance is ACTIVE again", async () => {
    const plane = await aCluster();
    const move = async (status: "ACTIVE" | "DRAINING") => {
      await updateContainerInstancesState(plane, { containerInstances: [arn(1)], status });
      return (await ledgerOf(plane, 1))?.drain;
    };
    const { requestId, principalArn } = plane;
    expect(await move("DRAINING")).toEqual({ at: 9_000, requestId, principalArn });
    plane.advance(1_000);
    expect(await move("DRAINING")).toMatchObject({ at: 9_000 });
    expect(await move("ACTIVE")).toBeUndefined();
  });

  test("changes nothing where the state is that already, and fails what cannot change", async () => {
    const plane = await aCluster();
    const before = await ledgerOf(plane, 2);
    const { containerInstances, failures } = await updateContainerInstancesState(plane, {
      containerInstances: [2, 3, 4, 5].map(instanceId),
      status: "ACTIVE",
    });
    expect(containerInstances?.map(({ status }) => status)).toEqual(["ACTIVE", "ACTIVE"]);
    expect(failures).toEqual([
      { arn: arn(4), reason: "INACTIVE" },
      { arn: arn(5), reason: "MISSING" },
    ]);
    expect(await ledgerOf(plane, 2)).toEqual(before);
    expect(await ledgerOf(plane, 3)).toMatchObject({ status: "ACTIVE", due: 9_000 });
  });

  test.each([
    {
      request: { containerInstances: [arn(1)], status: "REGISTERING" as const },
      message: "Container instance status should be one of [ACTIVE, DRAINING]",
    },
    {
      request: {
        containerInstances: Array.from({ length: 11 }, (_, index) => arn(index)),
        status: "ACTIVE" as const,
      },
      message: "instanceIds can have at most 10 items.",
    },
  ])("refuses: $message", async ({ request, message }) => {
    await expect(updateContainerInstancesState(await aCluster(), request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});

describe("DeregisterContainerInstance", () => {
  test("takes an empty instance out, once", async () => {
    const plane = await aCluster();
    const { containerInstance } = await deregisterContainerInstance(plane, {
      containerInstance: arn(2),
    });
    expect(containerInstance).toMatchObject({ containerInstanceArn: arn(2), status: "INACTIVE" });
    expect(await ledgerOf(plane, 2)).toMatchObject({ status: "INACTIVE", due: 9_000 });
    const again = await deregisterContainerInstance(plane, { containerInstance: arn(2) });
    expect(again.containerInstance).toEqual(containerInstance);
    expect(plane.wakes).toHaveLength(1);
  });

  test("needs force while tasks hold something", async () => {
    const plane = await aCluster();
    await expect(
      deregisterContainerInstance(plane, { containerInstance: arn(1) }),
    ).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Found running tasks on the instance.",
    });
    await deregisterContainerInstance(plane, { containerInstance: arn(1), force: true });
    expect(await ledgerOf(plane, 1)).toMatchObject({ status: "INACTIVE", due: 9_000 });
    expect(plane.wakes[0]?.message).toEqual(WAKE_OF_INSTANCE_1);
  });

  test("reads again after a lost race, so that a task placed meanwhile is not overlooked", async () => {
    const plane = await aCluster();
    const { instances } = plane.store;
    let raced = false;
    const racing = {
      ...instances,
      replaceLedger: async (ledger: Parameters<typeof instances.replaceLedger>[0]) => {
        if (!raced) {
          raced = true;
          const current = await ledgerOf(plane, 2);
          const reservations = { [running.id]: aReservation() };
          if (current) await instances.replaceLedger({ ...current, reservations });
        }
        return instances.replaceLedger(ledger);
      },
    };
    const context = { ...plane, store: { ...plane.store, instances: racing } };
    await expect(
      deregisterContainerInstance(context, { containerInstance: arn(2) }),
    ).rejects.toThrow("Found running tasks on the instance.");
    expect(await ledgerOf(plane, 2)).toMatchObject({ status: "ACTIVE" });
  });

  test("does not know every instance", async () => {
    await expect(
      deregisterContainerInstance(await aCluster(), { containerInstance: arn(9) }),
    ).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: `Referenced container instance ${instanceId(9)} not found.`,
    });
  });
});

test("DiscoverPollEndpoint sends agents to the configured address for both sockets", async () => {
  const plane = aControlPlane({ settings: { agentEndpoint: "http://127.0.0.9:1/" } });
  expect(await discoverPollEndpoint(plane, {})).toEqual({
    endpoint: "http://127.0.0.9:1/",
    telemetryEndpoint: "http://127.0.0.9:1/",
  });
});
