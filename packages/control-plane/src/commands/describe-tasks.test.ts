import { describe, expect, test } from "vitest";
import { aSession, aTask, aTaskContainer, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describeTasks } from "./describe-tasks.ts";

async function aClusterWith(...tasks: readonly Parameters<typeof aTask>[0][]) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  for (const task of tasks) await controlPlane.store.tasks.create(aTask(task));
  return controlPlane;
}

const id = (number: number) => taskId("service:web", number);

describe("DescribeTasks", () => {
  test("prints what an agent has reported", async () => {
    const controlPlane = await aClusterWith({
      lastStatus: "RUNNING",
      startedBy: "ecs-svc/1",
      createdAt: 1_000,
      pullStartedAt: 2_000,
      pullStoppedAt: 3_000,
      startedAt: 4_000,
      containers: [
        aTaskContainer({
          lastStatus: "RUNNING",
          runtimeId: "abc",
          imageDigest: "sha256:1",
          gpuIds: ["GPU-a"],
          networkBindings: [
            { bindIP: "127.0.1.1", containerPort: 80, hostPort: 49_153, protocol: "tcp" },
          ],
        }),
      ],
    });
    const { tasks, failures } = await describeTasks(controlPlane, { tasks: [id(1)] });
    expect(failures).toEqual([]);
    expect(tasks?.[0]).toMatchObject({
      group: "service:web",
      startedBy: "ecs-svc/1",
      createdAt: new Date(1_000),
      pullStartedAt: new Date(2_000),
      pullStoppedAt: new Date(3_000),
      startedAt: new Date(4_000),
      containers: [
        {
          runtimeId: "abc",
          imageDigest: "sha256:1",
          gpuIds: ["GPU-a"],
          networkBindings: [
            { bindIP: "127.0.1.1", containerPort: 80, hostPort: 49_153, protocol: "tcp" },
          ],
        },
      ],
    });
    expect(tasks?.[0]).not.toHaveProperty("stoppedAt");
    expect(tasks?.[0]).not.toHaveProperty("stopCode");
  });

  test("prints why a task stopped and how its containers ended", async () => {
    const controlPlane = await aClusterWith({
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      stoppingAt: 5_000,
      executionStoppedAt: 6_000,
      stoppedAt: 7_000,
      containers: [aTaskContainer({ lastStatus: "STOPPED", exitCode: 0, reason: "done" })],
    });
    const { tasks } = await describeTasks(controlPlane, { tasks: [id(1)] });
    expect(tasks?.[0]).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      stoppingAt: new Date(5_000),
      executionStoppedAt: new Date(6_000),
      stoppedAt: new Date(7_000),
      containers: [{ exitCode: 0, reason: "done" }],
    });
  });

  test("tells whether the agent is connected", async () => {
    const controlPlane = await aClusterWith({});
    const connected = { connectionId: "c1", connectedAt: 1_000 };
    await controlPlane.store.sessions.create(
      aSession({ containerInstanceId: instanceId(1), ...connected }),
    );
    const { tasks } = await describeTasks(controlPlane, { tasks: [id(1)] });
    expect(tasks?.[0]).toMatchObject({
      connectivity: "CONNECTED",
      connectivityAt: new Date(1_000),
    });
  });

  test("answers in the order asked for, each once, archived ones too", async () => {
    const controlPlane = await aClusterWith(
      { id: id(1) },
      { id: id(2), lastStatus: "STOPPED", desiredStatus: "STOPPED" },
    );
    const [stopped] = await controlPlane.store.tasks.findMany("default", [id(2)]);
    if (stopped) await controlPlane.store.tasks.archive(stopped);
    const { tasks, failures } = await describeTasks(controlPlane, {
      tasks: [id(2), id(1), id(2), id(3)],
    });
    expect(tasks?.map(({ taskArn }) => taskArn?.slice(-32))).toEqual([id(2), id(1)]);
    expect(failures).toEqual([
      { arn: `arn:aws:ecs:eu-central-1:123456789012:task/default/${id(3)}`, reason: "MISSING" },
    ]);
  });

  test("prints tags only where they are asked for", async () => {
    const tags = [{ key: "a", value: "1" }];
    const controlPlane = await aClusterWith({ tags });
    const plain = await describeTasks(controlPlane, { tasks: [id(1)] });
    const tagged = await describeTasks(controlPlane, { tasks: [id(1)], include: ["TAGS"] });
    expect([plain.tasks?.[0]?.tags, tagged.tasks?.[0]?.tags]).toEqual([[], tags]);
  });

  test.each([
    { name: "no task", tasks: [], message: "Tasks cannot be empty." },
    {
      name: "more than a hundred",
      tasks: Array.from({ length: 101 }, (_, index) => id(index)),
      message: "taskIds can have at most 100 items.",
    },
    { name: "what is no id", tasks: ["foo"], message: "task length should be one of [32,36]" },
  ])("refuses $name", async ({ tasks, message }) => {
    await expect(describeTasks(await aClusterWith(), { tasks })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});
