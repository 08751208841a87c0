import { describe, expect, test } from "vitest";
import { lastSegment } from "@berth/domain/arn";
import { groupHash } from "@berth/domain/group-hash";
import { aContainerDefinition, aTaskDefinition, instanceId } from "@berth/testing/builders";
import { aPlaneWithCluster, liveTasksOf, runWeb } from "@berth/testing/command-set-up";

describe("RunTask", () => {
  test("answers the tasks it wrote, as ECS prints them", async () => {
    const controlPlane = await aPlaneWithCluster({ instanceCount: 3 });
    const { tasks, failures } = await runWeb(controlPlane, { startedBy: "ci", referenceId: "r1" });
    expect(failures).toEqual([]);
    expect(tasks).toHaveLength(1);
    const id = lastSegment(tasks?.[0]?.taskArn ?? "");
    const arn = "arn:aws:ecs:eu-central-1:123456789012";
    expect(tasks?.[0]).toMatchObject({
      taskArn: `${arn}:task/default/${id}`,
      clusterArn: `${arn}:cluster/default`,
      taskDefinitionArn: `${arn}:task-definition/web:1`,
      group: "family:web",
      startedBy: "ci",
      lastStatus: "PENDING",
      desiredStatus: "RUNNING",
      launchType: "EC2",
      cpu: "128",
      memory: "128",
      version: 1,
      attributes: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
      overrides: { containerOverrides: [{ name: "main" }], inferenceAcceleratorOverrides: [] },
      enableExecuteCommand: false,
      attachments: [],
      tags: [],
      healthStatus: "UNKNOWN",
      createdAt: new Date(controlPlane.now()),
    });
    expect(tasks?.[0]?.containers).toMatchObject([
      {
        name: "main",
        image: "busybox",
        taskArn: tasks?.[0]?.taskArn,
        lastStatus: "PENDING",
        healthStatus: "UNKNOWN",
        networkInterfaces: [],
        networkBindings: [],
        cpu: "128",
        memory: "128",
      },
    ]);
    const [stored] = await liveTasksOf(controlPlane);
    expect(stored).toMatchObject({
      id,
      referenceId: "r1",
      history: [
        {
          to: "PENDING",
          cause: {
            kind: "api",
            operation: "RunTask",
            requestId: controlPlane.requestId,
            principalArn: controlPlane.principalArn,
          },
        },
      ],
    });
    expect(id.startsWith(groupHash("family:web"))).toBe(true);
  });

  test("runs the latest ACTIVE revision of a family", async () => {
    const controlPlane = await aPlaneWithCluster({
      definitions: [
        aTaskDefinition(),
        aTaskDefinition({ revision: 2 }),
        aTaskDefinition({ revision: 3, status: "INACTIVE" }),
      ],
    });
    const { tasks } = await runWeb(controlPlane);
    expect(tasks?.[0]?.taskDefinitionArn).toMatch(/web:2$/);
  });

  test("places what fits and tells the failures of the rest once per instance", async () => {
    const controlPlane = await aPlaneWithCluster({
      instanceCount: 2,
      definitions: [
        aTaskDefinition({ containerDefinitions: [aContainerDefinition({ memory: 600 })] }),
      ],
    });
    const { tasks, failures } = await runWeb(controlPlane, { count: 5 });
    expect(tasks).toHaveLength(2);
    expect(failures).toMatchObject(
      [1, 2].map((number) => ({
        arn: `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(number)}`,
        reason: "RESOURCE:MEMORY",
      })),
    );
  });

  test("keeps to distinctInstance", async () => {
    const controlPlane = await aPlaneWithCluster({ instanceCount: 2 });
    const { tasks, failures } = await runWeb(controlPlane, {
      count: 3,
      placementConstraints: [{ type: "distinctInstance" }],
    });
    expect(tasks).toHaveLength(2);
    expect(failures).toHaveLength(2);
  });

  test("keeps overrides and prints them with every container", async () => {
    const sidecar = aContainerDefinition({ name: "sidecar" });
    const controlPlane = await aPlaneWithCluster({
      definitions: [aTaskDefinition({ containerDefinitions: [aContainerDefinition(), sidecar] })],
    });
    const main = {
      name: "main",
      command: ["sh"],
      environment: [{ name: "A", value: "1" }],
      environmentFiles: [{ type: "s3" as const, value: "arn:aws:s3:::config/web.env" }],
      memory: 64,
    };
    const { tasks } = await runWeb(controlPlane, {
      overrides: {
        cpu: "0.5 vCPU",
        containerOverrides: [main],
      },
    });
    expect(tasks?.[0]).toMatchObject({ cpu: "512", memory: "192" });
    expect(tasks?.[0]?.overrides).toEqual({
      cpu: "512",
      containerOverrides: [main, { name: "sidecar" }],
      inferenceAcceleratorOverrides: [],
    });
    expect(tasks?.[0]?.containers?.map(({ memory }) => memory)).toEqual(["64", "128"]);
  });

  test("gives tasks their own, propagated and managed tags", async () => {
    const tags = [
      { key: "team", value: "a" },
      { key: "cost", value: "1" },
    ];
    const controlPlane = await aPlaneWithCluster({ definitions: [aTaskDefinition({ tags })] });
    const { tasks } = await runWeb(controlPlane, {
      tags: [{ key: "team", value: "b" }],
      propagateTags: "TASK_DEFINITION",
      enableECSManagedTags: true,
    });
    expect(tasks?.[0]?.tags).toEqual([
      { key: "team", value: "b" },
      { key: "cost", value: "1" },
      { key: "aws:ecs:clusterName", value: "default" },
    ]);
  });
});

describe("RunTask with a clientToken", () => {
  const request = { clientToken: "token-1", count: 2 };

  test("finds its own tasks when repeated", async () => {
    const controlPlane = await aPlaneWithCluster({ instanceCount: 3 });
    const first = await runWeb(controlPlane, request);
    const second = await runWeb(controlPlane, request);
    const arns = (response: typeof first) =>
      response.tasks?.map(({ taskArn }) => taskArn).toSorted();
    expect(arns(second)).toEqual(arns(first));
    expect(await liveTasksOf(controlPlane)).toHaveLength(2);
  });

  test("refuses other parameters and names the tasks", async () => {
    const controlPlane = await aPlaneWithCluster({ instanceCount: 3 });
    const first = await runWeb(controlPlane, request);
    await expect(runWeb(controlPlane, { ...request, count: 3 })).rejects.toMatchObject({
      code: "ConflictException",
      members: {
        resourceIds: expect.arrayContaining(first.tasks?.map(({ taskArn }) => taskArn) ?? []),
      },
    });
    expect(await liveTasksOf(controlPlane)).toHaveLength(2);
  });

  test("starts the part that an earlier call died before starting", async () => {
    const controlPlane = await aPlaneWithCluster({ instanceCount: 3 });
    const other = await aPlaneWithCluster({ instanceCount: 3 });
    const whole = await runWeb(other, request);
    const [one] = await liveTasksOf(other);
    if (!one) throw new Error("no task");
    const { version: _, ...task } = one;
    await controlPlane.store.tasks.create(task);

    const repeated = await runWeb(controlPlane, request);

    const arns = (response: typeof whole) =>
      response.tasks?.map(({ taskArn }) => taskArn).toSorted();
    expect(arns(repeated)).toEqual(arns(whole));
  });

  test("tells of stopped tasks no more than their state, even where nothing more fits", async () => {
    const controlPlane = await aPlaneWithCluster({
      instanceCount: 1,
      definitions: [bigDefinition],
    });
    await runWeb(controlPlane, { clientToken: "token-1" });
    const [task] = await liveTasksOf(controlPlane);
    if (!task) throw new Error("no task");
    await controlPlane.store.tasks.replace({
      ...task,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
    });
    const instance = await controlPlane.store.instances.findLedger("default", instanceId(1));
    if (!instance) throw new Error("no ledger");
    await controlPlane.store.instances.replaceLedger({ ...instance, reservations: {} });
    await runWeb(controlPlane, { clientToken: "token-2" });

    const { tasks, failures } = await runWeb(controlPlane, { clientToken: "token-1" });

    expect(tasks).toEqual([
      {
        taskArn: expect.stringContaining(task.id),
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
      },
    ]);
    expect(failures).toEqual([]);
  });

  const bigDefinition = aTaskDefinition({
    containerDefinitions: [aContainerDefinition({ memory: 900 })],
  });
});
