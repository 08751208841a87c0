import { beforeEach, describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Task } from "@berth/domain/task";
import {
  aLedger,
  anInstance,
  aReservation,
  aService,
  aTask,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { listTasks } from "./list-tasks.ts";

/** By the names that tests call them. */
const TASKS: Readonly<Record<string, Task>> = {
  web1: aTask({ id: taskId("service:web", 1), startedBy: "ecs-svc/1" }),
  web2: aTask({
    id: taskId("service:web", 2),
    startedBy: "ecs-svc/1",
    containerInstanceId: instanceId(2),
  }),
  webStopping: aTask({ id: taskId("service:web", 3), desiredStatus: "STOPPED" }),
  webStopped: aTask({
    id: taskId("service:web", 4),
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
  }),
  batch: aTask({
    id: taskId("family:batch", 1),
    group: "family:batch",
    taskDefinition: "batch:7",
    startedBy: "ci",
    launchType: "EXTERNAL",
    containerInstanceId: instanceId(2),
  }),
};

let controlPlane: TestControlPlane;

beforeEach(async () => {
  controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { instanceCount: 0 });
  const { store } = controlPlane;
  await store.services.create(aService());
  await setUpInstances();
  for (const task of Object.values(TASKS)) await store.tasks.create(task);
  const stopped = await store.tasks.find("default", TASKS["webStopped"]?.id ?? "");
  if (stopped) await store.tasks.archive(stopped);
});

/** Each with the reservations of its tasks that have not stopped. */
async function setUpInstances() {
  for (const number of [1, 2]) {
    const held = Object.values(TASKS).filter(
      (task) => task.containerInstanceId === instanceId(number) && task.lastStatus !== "STOPPED",
    );
    const reservations = Object.fromEntries(held.map(({ id }) => [id, aReservation()]));
    const { store } = controlPlane;
    await store.instances.create(
      anInstance({ id: instanceId(number) }),
      aLedger({ id: instanceId(number), reservations }),
    );
  }
}

const names = (arns: readonly string[] | undefined): readonly string[] =>
  (arns ?? [])
    .map((arn) => Object.keys(TASKS).find((name) => arn.endsWith(TASKS[name]?.id ?? "?")) ?? arn)
    .toSorted();

describe("ListTasks", () => {
  test("refuses daemons with an error that it is modelled to have", async () => {
    await expect(listTasks(aControlPlane(), { daemonName: "agent" })).rejects.toMatchObject({
      code: "ClientException",
      message: "Berth does not have this yet: daemons.",
    });
  });

  test.each<{ name: string; request: EcsRequest<"ListTasks">; expected: readonly string[] }>([
    {
      name: "all that should run, by default",
      request: {},
      expected: ["batch", "web1", "web2"],
    },
    {
      name: "those that stop or have stopped, archived ones too",
      request: { desiredStatus: "STOPPED" },
      expected: ["webStopped", "webStopping"],
    },
    {
      name: "none that desires to be PENDING",
      request: { desiredStatus: "PENDING" },
      expected: [],
    },
    { name: "those of a service", request: { serviceName: "web" }, expected: ["web1", "web2"] },
    {
      name: "stopped ones of a service",
      request: { serviceName: "web", desiredStatus: "STOPPED" },
      expected: ["webStopped", "webStopping"],
    },
    { name: "those of a family", request: { family: "batch" }, expected: ["batch"] },
    { name: "no family by its beginning", request: { family: "bat" }, expected: [] },
    {
      name: "those on an instance",
      request: { containerInstance: instanceId(2) },
      expected: ["batch", "web2"],
    },
    {
      name: "stopped ones of an instance",
      request: { containerInstance: instanceId(1), desiredStatus: "STOPPED" },
      expected: ["webStopped", "webStopping"],
    },
    {
      name: "those of a service on an instance",
      request: { containerInstance: instanceId(2), serviceName: "web" },
      expected: ["web2"],
    },
    { name: "those started by somebody", request: { startedBy: "ci" }, expected: ["batch"] },
    { name: "those of a launch type", request: { launchType: "EXTERNAL" }, expected: ["batch"] },
  ])("lists $name", async ({ request, expected }) => {
    const { taskArns } = await listTasks(controlPlane, request);
    expect(names(taskArns)).toEqual(expected.toSorted());
  });

  test.each<{ name: string; request: EcsRequest<"ListTasks"> }>([
    { name: "running", request: {} },
    { name: "stopped", request: { desiredStatus: "STOPPED" } },
    { name: "of an instance", request: { containerInstance: instanceId(2) } },
  ])("pages tell the same as the whole: $name", async ({ request }) => {
    const whole = await listTasks(controlPlane, request);
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await listTasks(controlPlane, {
        ...request,
        maxResults: 1,
        ...(nextToken !== undefined && { nextToken }),
      });
      expect(page.taskArns?.length).toBeLessThanOrEqual(1);
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(arns).toEqual(whole.taskArns);
  });

  test.each<{ name: string; request: EcsRequest<"ListTasks">; code: string }>([
    {
      name: "a service that is not there",
      request: { serviceName: "other" },
      code: "ServiceNotFoundException",
    },
    {
      name: "startedBy beside another filter",
      request: { startedBy: "ci", family: "batch" },
      code: "InvalidParameterException",
    },
    {
      name: "a cluster that is not there",
      request: { cluster: "x" },
      code: "ClusterNotFoundException",
    },
    { name: "a page of none", request: { maxResults: 0 }, code: "InvalidParameterException" },
  ])("refuses $name", async ({ request, code }) => {
    await expect(listTasks(controlPlane, request)).rejects.toMatchObject({ code });
  });
});
