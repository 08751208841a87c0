import { describe, expect, test } from "vitest";
import type { Service } from "@berth/domain/service";
import { aDeployment, aService, aTask, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { deleteService } from "./delete-service.ts";
import { describeServices } from "./describe-services.ts";
import { listServices } from "./list-services.ts";

async function aClusterWith(...services: readonly Partial<Service>[]) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  for (const service of services) await controlPlane.store.services.create(aService(service));
  return controlPlane;
}

/** Recent enough not to have been forgotten. */
const FIRST_EVENT_AT = 1_700_000_000_000;

const anEvent = (number: number) => ({
  id: `00000000-0000-4000-8000-${number.toString().padStart(12, "0")}`,
  createdAt: FIRST_EVENT_AT + number,
  message: `(service web) event ${number}`,
});

describe("DescribeServices", () => {
  test("counts tasks for the service and for each deployment", async () => {
    const [oldId, newId] = ["ecs-svc/1", "ecs-svc/2"] as const;
    const controlPlane = await aClusterWith({
      desiredCount: 3,
      deployments: [
        aDeployment({ id: newId, rolloutState: "IN_PROGRESS" }),
        aDeployment({ id: oldId, status: "ACTIVE" }),
      ],
    });
    const tasks = [
      { startedBy: oldId, lastStatus: "RUNNING" },
      { startedBy: oldId, lastStatus: "RUNNING", desiredStatus: "STOPPED" },
      { startedBy: newId, lastStatus: "RUNNING" },
      { startedBy: newId, lastStatus: "PENDING" },
      { startedBy: newId, lastStatus: "PENDING", desiredStatus: "STOPPED" },
      { startedBy: newId, lastStatus: "STOPPED", desiredStatus: "STOPPED" },
      { startedBy: newId, lastStatus: "RUNNING", group: "service:other" },
    ] as const;
    for (const [index, task] of tasks.entries()) {
      const id = taskId("group" in task ? task.group : "service:web", index);
      await controlPlane.store.tasks.create(aTask({ id, ...task }));
    }
    const { services } = await describeServices(controlPlane, { services: ["web"] });
    expect(services?.[0]).toMatchObject({
      desiredCount: 3,
      runningCount: 3,
      pendingCount: 1,
      deployments: [
        { id: newId, status: "PRIMARY", desiredCount: 3, runningCount: 1, pendingCount: 1 },
        { id: oldId, status: "ACTIVE", desiredCount: 1, runningCount: 2, pendingCount: 0 },
      ],
    });
    expect(services?.[0]).not.toHaveProperty("networkConfiguration");
  });

  test("tells at most a hundred events of this service, newest first, each once", async () => {
    const newEvents = [120, 121].map(anEvent);
    const controlPlane = await aClusterWith({ createdAt: FIRST_EVENT_AT + 50, newEvents });
    const earlier = Array.from({ length: 121 }, (_, index) => anEvent(index));
    await controlPlane.store.services.putEvents("default", "web", earlier);
    const describeEvents = async () => {
      const { services } = await describeServices(controlPlane, { services: ["web"] });
      return services?.[0]?.events?.map(({ createdAt }) => Number(createdAt) - FIRST_EVENT_AT);
    };
    expect(await describeEvents()).toEqual(Array.from({ length: 72 }, (_, index) => 121 - index));

    const later = Array.from({ length: 100 }, (_, index) => anEvent(200 + index));
    await controlPlane.store.services.putEvents("default", "web", later);
    expect(await describeEvents()).toHaveLength(100);
  });

  test("tells events of one moment in the order they came, latest first", async () => {
    const newEvents = [anEvent(7), { ...anEvent(8), createdAt: FIRST_EVENT_AT + 7 }];
    const controlPlane = await aClusterWith({ newEvents });
    const { services } = await describeServices(controlPlane, { services: ["web"] });
    expect(services?.[0]?.events?.map(({ message }) => message)).toEqual([
      "(service web) event 8",
      "(service web) event 7",
    ]);
  });

  test("remembers deleted services, and says which it never knew", async () => {
    const controlPlane = await aClusterWith({ status: "INACTIVE" });
    const { services, failures } = await describeServices(controlPlane, {
      services: ["other", "arn:aws:ecs:eu-central-1:123456789012:service/default/web"],
    });
    expect(services?.map(({ status }) => status)).toEqual(["INACTIVE"]);
    expect(failures).toEqual([
      {
        arn: "arn:aws:ecs:eu-central-1:123456789012:service/default/other",
        reason: "MISSING",
      },
    ]);
  });

  test("prints tags only where they are asked for", async () => {
    const tags = [{ key: "a", value: "1" }];
    const controlPlane = await aClusterWith({ tags });
    const plain = await describeServices(controlPlane, { services: ["web"] });
    const tagged = await describeServices(controlPlane, { services: ["web"], include: ["TAGS"] });
    expect(plain.services?.[0]).not.toHaveProperty("tags");
    expect(tagged.services?.[0]?.tags).toEqual(tags);
  });

  test("refuses more than ten", async () => {
    const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
    await expect(describeServices(await aClusterWith(), { services })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "service names can have at most 10 items.",
    });
  });
});

describe("ListServices", () => {
  const names = (response: { readonly serviceArns?: readonly string[] | undefined }) =>
    response.serviceArns?.map((arn) => arn.split("/").at(-1));

  test("lists ACTIVE ones, ten at a time by default", async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ name: `s${10 + index}` }));
    const controlPlane = await aClusterWith(
      { name: "a", status: "DRAINING" },
      { name: "b", status: "INACTIVE" },
      ...many,
    );
    const first = await listServices(controlPlane, {});
    expect(names(first)).toEqual(many.slice(0, 10).map(({ name }) => name));
    const second = await listServices(controlPlane, { nextToken: first.nextToken });
    expect(names(second)).toEqual(["s20", "s21"]);
    expect(second.nextToken).toBeUndefined();
  });

  test("filters by launch type and scheduling strategy", async () => {
    const controlPlane = await aClusterWith(
      { name: "a", launchType: "EC2" },
      { name: "b", launchType: "EXTERNAL" },
    );
    expect(names(await listServices(controlPlane, { launchType: "EXTERNAL" }))).toEqual(["b"]);
    expect(names(await listServices(controlPlane, { schedulingStrategy: "DAEMON" }))).toEqual([]);
    expect(names(await listServices(controlPlane, { schedulingStrategy: "REPLICA" }))).toEqual([
      "a",
      "b",
    ]);
  });
});

describe("DeleteService", () => {
  test.each([
    { name: "scaled to 0", desiredCount: 0, force: false },
    { name: "forced", desiredCount: 2, force: true },
  ])("drains a service that is $name", async ({ desiredCount, force }) => {
    const controlPlane = await aClusterWith({ desiredCount });
    const { service } = await deleteService(controlPlane, { service: "web", force });
    expect(service).toMatchObject({ status: "DRAINING", desiredCount: 0 });
    expect(await controlPlane.store.services.find("default", "web")).toMatchObject({
      due: controlPlane.now(),
    });
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "service", cluster: "default", service: "web" },
    ]);
  });

  test("asks for no scaling of a DAEMON", async () => {
    const controlPlane = await aClusterWith({ schedulingStrategy: "DAEMON", desiredCount: 2 });
    const { service } = await deleteService(controlPlane, { service: "web" });
    expect(service).toMatchObject({ status: "DRAINING" });
  });

  test("answers one that drains already", async () => {
    const controlPlane = await aClusterWith({ status: "DRAINING", desiredCount: 0 });
    const { service } = await deleteService(controlPlane, { service: "web" });
    expect(service).toMatchObject({ status: "DRAINING" });
  });

  test.each([
    {
      name: "one that still has a desired count",
      status: "ACTIVE",
      code: "InvalidParameterException",
      message: "The service cannot be stopped while it is scaled above 0.",
    },
    {
      name: "one that is gone",
      status: "INACTIVE",
      code: "ServiceNotFoundException",
      message: "Service not found.",
    },
  ] as const)("refuses $name", async ({ status, code, message }) => {
    const controlPlane = await aClusterWith({ status, desiredCount: 1 });
    await expect(deleteService(controlPlane, { service: "web" })).rejects.toMatchObject({
      code,
      message,
    });
  });

  test("refuses one that never was", async () => {
    await expect(deleteService(await aClusterWith(), { service: "web" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
  });
});
