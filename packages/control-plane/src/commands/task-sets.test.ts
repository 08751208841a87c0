import { drainedTaskSet } from "@berth/domain/task-set";
import { aServiceTask } from "@berth/testing/service-snapshots";
import { aTaskSetWorld, arnOf, blue, green } from "@berth/testing/task-set-world";
import { aTaskSet } from "@berth/testing/task-sets";
import { describe, expect, test } from "vitest";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";

describe("CreateTaskSet", () => {
  test("answers with an ACTIVE set that is to be brought to its scale", async () => {
    const { controlPlane, create, stored } = await aTaskSetWorld({ desiredCount: 3, taskSets: [] });
    const { taskSet } = await create({
      taskDefinition: "web",
      scale: { value: 50, unit: "PERCENT" },
      externalId: "green",
      tags: [{ key: "team", value: "a" }],
    });
    const now = new Date(controlPlane.now());
    expect(taskSet).toEqual({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      taskSetArn: `${ARN}:task-set/default/web/${taskSet?.id}`,
      serviceArn: `${ARN}:service/default/web`,
      clusterArn: `${ARN}:cluster/default`,
      externalId: "green",
      status: "ACTIVE",
      taskDefinition: `${ARN}:task-definition/web:2`,
      computedDesiredCount: 2,
      pendingCount: 0,
      runningCount: 0,
      createdAt: now,
      updatedAt: now,
      launchType: "EC2",
      loadBalancers: [],
      serviceRegistries: [],
      scale: { value: 50, unit: "PERCENT" },
      stabilityStatus: "STABILIZING",
      stabilityStatusAt: now,
      tags: [{ key: "team", value: "a" }],
    });
    expect(await stored()).toMatchObject({
      due: controlPlane.now(),
      steady: false,
      latestChange: { operation: "CreateTaskSet", taskSet: { id: taskSet?.id, scale: 50 } },
    });
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "service", cluster: "default", service: "web" },
    ]);
  });

  test("without a scale it is at none, on what the cluster has", async () => {
    const { create } = await aTaskSetWorld();
    expect((await create({ launchType: "EXTERNAL" })).taskSet).toMatchObject({
      computedDesiredCount: 0,
      scale: { value: 0, unit: "PERCENT" },
      launchType: "EXTERNAL",
    });
  });

  test("repeated with its token it is the same set, and another request is refused", async () => {
    const { create, stored } = await aTaskSetWorld();
    const first = await create({ clientToken: "t-1", scale: { value: 10 } });
    const { version } = await stored();
    const again = await create({ clientToken: "t-1", scale: { value: 10 } });
    expect(again.taskSet?.id).toBe(first.taskSet?.id);
    expect((await stored()).version).toBe(version);
    await expect(create({ clientToken: "t-1", scale: { value: 20 } })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Creation of task set was not idempotent.",
    });
  });

  test("without a token each call makes a set", async () => {
    const { create, stored } = await aTaskSetWorld({ taskSets: [] });
    await create();
    await create();
    expect((await stored()).taskSets).toHaveLength(2);
  });

  test("of five at once, beside one that is there, four are made, and no sixth", async () => {
    const { create, stored } = await aTaskSetWorld({ taskSets: [drainedTaskSet(blue, 0)] });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create()));
    expect((await stored()).taskSets).toHaveLength(5);
    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
      {
        reason: {
          code: "InvalidParameterException",
          message:
            "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.",
        },
      },
    ]);
  });
});

describe("UpdateTaskSet", () => {
  test("sets the scale, and notes who did", async () => {
    const { controlPlane, update, stored } = await aTaskSetWorld();
    const { taskSet } = await update({ taskSet: arnOf(green) });
    expect(taskSet).toMatchObject({
      id: green.id,
      computedDesiredCount: 2,
      scale: { value: 100, unit: "PERCENT" },
      stabilityStatus: "STABILIZING",
      updatedAt: new Date(controlPlane.now()),
    });
    expect(await stored()).toMatchObject({
      steady: false,
      latestChange: { operation: "UpdateTaskSet", taskSet: { id: green.id, scale: 100 } },
    });
  });

  test("a scale of equal count leaves the set as stable as it is", async () => {
    const { update, stored } = await aTaskSetWorld();
    const { taskSet } = await update({ taskSet: blue.id, scale: { value: 99 } });
    expect(taskSet).toMatchObject({ computedDesiredCount: 2, stabilityStatus: "STEADY_STATE" });
    expect((await stored()).latestChange).toBeUndefined();
  });

  test("the scale that it has already writes nothing", async () => {
    const { controlPlane, update, stored } = await aTaskSetWorld();
    await update({ scale: { value: 50, unit: "PERCENT" } });
    expect((await stored()).version).toBe(1);
    expect(controlPlane.wakes).toEqual([]);
  });

  test("every change of those that come at once is kept", async () => {
    const { update, promote, remove, stored } = await aTaskSetWorld();
    await Promise.all([
      update({ scale: { value: 70 } }),
      promote(),
      remove({ taskSet: blue.id, force: true }),
    ]);
    expect((await stored()).taskSets).toMatchObject([
      { id: green.id, scale: 70, status: "PRIMARY" },
      { id: blue.id, status: "DRAINING" },
    ]);
  });
});

describe("UpdateServicePrimaryTaskSet", () => {
  test("takes the place of the other, and lends the service what it has", async () => {
    const { promote, stored } = await aTaskSetWorld({
      taskDefinition: "web:1",
      taskSets: [{ ...green, launchType: "EXTERNAL" }, blue],
    });
    const { taskSet } = await promote();
    expect(taskSet).toMatchObject({ id: green.id, status: "PRIMARY", scale: { value: 50 } });
    const service = await stored();
    expect(service).toMatchObject({ taskDefinition: "web:2", launchType: "EXTERNAL" });
    expect(service.taskSets?.map(({ id, status }) => [id, status])).toEqual([
      [green.id, "PRIMARY"],
      [blue.id, "ACTIVE"],
    ]);
    expect(service.latestChange).toBeUndefined();
  });

  test("does nothing where it is so already", async () => {
    const { promote, stored } = await aTaskSetWorld();
    expect((await promote({ primaryTaskSet: blue.id })).taskSet?.status).toBe("PRIMARY");
    expect((await stored()).version).toBe(1);
  });

  test("leaves a set that drains as it is", async () => {
    const leaving = drainedTaskSet(aTaskSet(3), 5);
    const { promote, stored } = await aTaskSetWorld({ taskSets: [green, leaving] });
    await promote();
    expect((await stored()).taskSets?.at(-1)).toEqual(leaving);
  });
});

describe("DeleteTaskSet", () => {
  test("has a set of scale 0 drain", async () => {
    const { controlPlane, remove, stored } = await aTaskSetWorld({
      taskSets: [{ ...green, scale: 0 }, blue],
    });
    const { taskSet } = await remove();
    expect(taskSet).toMatchObject({
      status: "DRAINING",
      computedDesiredCount: 0,
      scale: { value: 0 },
      stabilityStatus: "STABILIZING",
      stabilityStatusAt: new Date(controlPlane.now()),
    });
    expect((await stored()).taskSets).toHaveLength(2);
  });

  test("with force it takes one at any scale, and notes who did", async () => {
    const { remove, stored } = await aTaskSetWorld();
    expect((await remove({ force: true })).taskSet?.computedDesiredCount).toBe(0);
    expect((await stored()).latestChange).toMatchObject({
      operation: "DeleteTaskSet",
      taskSet: { id: green.id, scale: 0 },
    });
  });

  test("with force it takes the PRIMARY one, whose definition leaves the service with it", async () => {
    const { remove, stored } = await aTaskSetWorld({ taskDefinition: "web:1", taskSets: [blue] });
    await remove({ taskSet: blue.id, force: true });
    expect((await stored()).taskDefinition).toBeUndefined();
  });

  test("repeated it says the same, and writes nothing", async () => {
    const leaving = drainedTaskSet(green, 5);
    const { remove, stored } = await aTaskSetWorld({ taskSets: [leaving] });
    expect((await remove()).taskSet?.status).toBe("DRAINING");
    expect((await stored()).version).toBe(1);
  });
});

describe("DescribeTaskSets", () => {
  test("describes all of a service, with their tasks counted", async () => {
    const { controlPlane, list } = await aTaskSetWorld();
    for (const task of [
      aServiceTask(1, 1),
      aServiceTask(1, 2),
      aServiceTask(2, 3),
      aServiceTask(2, 4, "PENDING"),
    ]) {
      await controlPlane.store.tasks.create(task);
    }
    const { taskSets, failures } = await list();
    expect(
      taskSets?.map(({ id, runningCount, pendingCount }) => [id, runningCount, pendingCount]),
    ).toEqual([
      [green.id, 1, 1],
      [blue.id, 2, 0],
    ]);
    expect(failures).toEqual([]);
  });

  test("describes those that are named, once each, and misses the others", async () => {
    const { list } = await aTaskSetWorld();
    const { taskSets, failures } = await list({
      taskSets: [blue.id, arnOf(blue), arnOf(aTaskSet(9))],
    });
    expect(taskSets?.map(({ id }) => id)).toEqual([blue.id]);
    expect(failures).toEqual([{ arn: arnOf(aTaskSet(9)), reason: "MISSING" }]);
  });

  test("shows tags where they are asked for", async () => {
    const tags = [{ key: "team", value: "a" }];
    const { list } = await aTaskSetWorld({ taskSets: [{ ...green, tags }] });
    expect((await list()).taskSets?.[0]?.tags).toEqual([]);
    expect((await list({ include: ["TAGS"] })).taskSets?.[0]?.tags).toEqual(tags);
  });
});
