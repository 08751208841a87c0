import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { heldByTaskProtection } from "@berth/planner/service/service-events";
import { aDeployment, aService, aTask, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { getTaskProtection } from "./get-task-protection.ts";
import { updateTaskProtection } from "./update-task-protection.ts";

const ID = taskId("service:web", 1);
const OLD = "ecs-svc/0000000000000000001";
const ARN = `arn:aws:ecs:eu-central-1:123456789012:task/default/${ID}`;
const MINUTE_MS = 60_000;

async function aRunningTask(task: Partial<Task> = {}, service: Partial<Service> = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const { store } = controlPlane;
  await store.services.create(aService(service));
  await store.tasks.create(aTask({ id: ID, lastStatus: "RUNNING", startedBy: OLD, ...task }));
  return {
    controlPlane,
    update: (request: Partial<EcsRequest<"UpdateTaskProtection">> = {}) =>
      updateTaskProtection(controlPlane, {
        cluster: "default",
        tasks: [ID],
        protectionEnabled: true,
        ...request,
      }),
    get: (...tasks: readonly string[]) =>
      getTaskProtection(controlPlane, { cluster: "default", tasks: [...tasks] }),
    stored: async () => (await store.tasks.find("default", ID))?.protectedUntil,
  };
}

describe("UpdateTaskProtection", () => {
  test.each([
    { minutes: undefined, expected: 120 },
    { minutes: 1, expected: 1 },
    { minutes: 2_880, expected: 2_880 },
  ])("protects for $expected minutes when told $minutes", async ({ minutes, expected }) => {
    const { controlPlane, update, get, stored } = await aRunningTask();
    const until = controlPlane.now() + expected * MINUTE_MS;
    const answer = {
      protectedTasks: [{ taskArn: ARN, protectionEnabled: true, expirationDate: new Date(until) }],
      failures: [],
    };
    expect(await update(minutes === undefined ? {} : { expiresInMinutes: minutes })).toEqual(
      answer,
    );
    expect(await get(ARN)).toEqual(answer);
    expect(await stored()).toBe(until);
  });

  test("takes protection away and has the service look whether it waits for that", async () => {
    const { controlPlane, update, stored } = await aRunningTask({
      protectedUntil: Number.MAX_SAFE_INTEGER,
    });
    const answer = await update({ protectionEnabled: false });
    expect(answer.protectedTasks).toEqual([{ taskArn: ARN, protectionEnabled: false }]);
    expect(await stored()).toBeUndefined();
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "service", cluster: "default", service: "web" },
    ]);
  });

  test("ends by itself", async () => {
    const { controlPlane, update, get } = await aRunningTask();
    await update({ expiresInMinutes: 1 });
    controlPlane.advance(MINUTE_MS);
    expect((await get(ID)).protectedTasks).toEqual([{ taskArn: ARN, protectionEnabled: false }]);
  });

  test.each<{ name: string; task: Partial<Task>; reason: string }>([
    { name: "of no service", task: { group: "family:web" }, reason: "TASK_NOT_VALID" },
    {
      name: "that is told to stop",
      task: { desiredStatus: "STOPPED" },
      reason: "TASK_NOT_VALID",
    },
    { name: "that is not there", task: { id: taskId("service:web", 2) }, reason: "MISSING" },
  ])("fails for a task $name", async ({ task, reason }) => {
    const { update, get } = await aRunningTask(task);
    const failed = { protectedTasks: [], failures: [{ arn: ARN, reason }] };
    expect(await update()).toEqual(failed);
    expect(await get(ID)).toEqual(failed);
  });

  describe("where protected tasks hold a deployment up", () => {
    const heldUp = {
      deployments: [
        aDeployment({ id: "ecs-svc/0000000000000000002", rolloutState: "IN_PROGRESS" }),
        aDeployment({ status: "ACTIVE" }),
      ],
      lastTold: { [heldByTaskProtection("web", OLD, 1)]: 1 },
    } as const;
    const blocked = [{ arn: ARN, reason: "DEPLOYMENT_BLOCKED" }];

    test("fails for a task that it would replace", async () => {
      const { update, stored } = await aRunningTask({}, heldUp);
      expect((await update()).failures).toEqual(blocked);
      expect(await stored()).toBeUndefined();
    });

    test.each<{
      name: string;
      task?: Partial<Task>;
      service?: Partial<Service>;
      enabled?: boolean;
    }>([
      { name: "takes protection away", enabled: false },
      { name: "protects its own", task: { startedBy: "ecs-svc/0000000000000000002" } },
      { name: "protects where none holds it up yet", service: { lastTold: {} } },
      {
        name: "protects where no deployment is under way",
        service: { deployments: [aDeployment()] },
      },
    ])("$name", async ({ task = {}, service = {}, enabled = true }) => {
      const { update } = await aRunningTask(task, { ...heldUp, ...service });
      expect((await update({ protectionEnabled: enabled })).failures).toEqual([]);
    });
  });

  test.each<{ request: Partial<EcsRequest<"UpdateTaskProtection">>; message: string }>([
    { request: { tasks: [] }, message: "Tasks cannot be empty." },
    {
      request: { tasks: Array.from({ length: 11 }, (_, index) => taskId("service:web", index)) },
      message: "taskIds can have at most 10 items.",
    },
    {
      request: { expiresInMinutes: 0 },
      message: "expiresInMinutes must be between 1 and 2880.",
    },
    {
      request: { expiresInMinutes: 2_881 },
      message: "expiresInMinutes must be between 1 and 2880.",
    },
  ])("refuses $message", async ({ request, message }) => {
    const { update } = await aRunningTask();
    await expect(update(request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});
