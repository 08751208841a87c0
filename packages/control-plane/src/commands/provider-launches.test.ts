import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import { anInstance, aLedger, aTaskDefinition, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { handleWake } from "../reconcile/handle-wake.ts";
import { explainService } from "../rest/explain-service.ts";
import { queueRun } from "../rest/queue-run.ts";
import { createCapacityProvider } from "./create-capacity-provider.ts";
import { createService } from "./create-service.ts";
import { createTaskSet } from "./create-task-set.ts";
import { deregisterContainerInstance } from "./deregister-container-instance.ts";
import { describeServices } from "./describe-services.ts";
import { describeTasks } from "./describe-tasks.ts";
import { listTasks } from "./list-tasks.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { runTask } from "./run-task.ts";
import { updateService } from "./update-service.ts";

const GROUPS = ["steady-group", "spot-group", "spot-group"];
const BOTH = [
  { capacityProvider: "steady", base: 1 },
  { capacityProvider: "spot", weight: 1 },
];

let plane: TestControlPlane;

/** An instance of `steady`, two of `spot`, none of `empty`, and one of nobody's. */
beforeEach(async () => {
  plane = aControlPlane();
  const fargate = aTaskDefinition({ family: "fargate", compatibilities: ["EC2", "FARGATE"] });
  const definitions = [aTaskDefinition(), fargate];
  await setUpCluster(plane, { instanceCount: 0, definitions });
  for (const [index, group] of [...GROUPS, undefined].entries()) {
    const id = instanceId(index + 1);
    const attributes = group === undefined ? [] : [{ name: AUTO_SCALING_GROUP, value: group }];
    await plane.store.instances.create(anInstance({ id, attributes }), aLedger({ id }));
  }
  const names = ["steady", "spot", "empty"];
  for (const name of names) {
    const autoScalingGroupProvider = { autoScalingGroupArn: `${name}-group` };
    await createCapacityProvider(plane, { name, autoScalingGroupProvider });
  }
  await associate([]);
});

const associate = async (
  defaultCapacityProviderStrategy: EcsRequest<"PutClusterCapacityProviders">["defaultCapacityProviderStrategy"],
) =>
  putClusterCapacityProviders(plane, {
    cluster: "default",
    capacityProviders: ["steady", "spot", "empty", "FARGATE"],
    defaultCapacityProviderStrategy,
  });

const run = async (request: Partial<EcsRequest<"RunTask">>) =>
  runTask(plane, { taskDefinition: "web", ...request });

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const providersOf = (
  tasks: readonly { readonly capacityProviderName?: string | undefined }[] = [],
) => tasks.map(({ capacityProviderName = "none" }) => capacityProviderName).toSorted(compareText);

const placesOf = (tasks: Awaited<ReturnType<typeof run>>["tasks"] = []) =>
  tasks.map(({ containerInstanceArn = "" }) =>
    Number.parseInt(containerInstanceArn.slice(-32), 16),
  );

async function settle(): Promise<void> {
  for (let wake = plane.wakes.shift(); wake; wake = plane.wakes.shift()) {
    if (wake.timing.kind !== "after") await handleWake(plane, wake.message);
  }
}

describe("RunTask with a capacity provider strategy", () => {
  test("shares its tasks out, on instances of the providers alone, and says so", async () => {
    const { tasks, failures } = await run({ count: 4, capacityProviderStrategy: BOTH });
    expect(failures).toEqual([]);
    expect(providersOf(tasks)).toEqual(["spot", "spot", "spot", "steady"]);
    expect(tasks?.every(({ launchType }) => launchType === "EC2")).toBe(true);
    for (const task of tasks ?? []) {
      const expected = task.capacityProviderName === "steady" ? [1] : [2, 3];
      expect(expected).toContain(placesOf([task])[0]);
    }
    const described = await describeTasks(plane, {
      tasks: tasks?.map((each) => each.taskArn ?? ""),
    });
    expect(providersOf(described.tasks)).toEqual(["spot", "spot", "spot", "steady"]);
  });

  test("goes by the cluster's default strategy where it names nothing", async () => {
    await associate([{ capacityProvider: "steady" }]);
    expect(providersOf((await run({})).tasks)).toEqual(["steady"]);
    expect(providersOf((await run({ launchType: "EC2" })).tasks)).toEqual(["none"]);
    const own = [{ capacityProvider: "spot" }];
    expect(providersOf((await run({ capacityProviderStrategy: own })).tasks)).toEqual(["spot"]);
  });

  test("is of no provider where nothing names one", async () => {
    const { tasks = [] } = await run({});
    expect(tasks[0]).not.toHaveProperty("capacityProviderName");
  });

  test("places what it can, and tells of the provider that has no instance", async () => {
    const capacityProviderStrategy = [
      { capacityProvider: "empty", weight: 1 },
      { capacityProvider: "spot", weight: 1 },
    ];
    const { tasks, failures } = await run({ count: 4, capacityProviderStrategy });
    expect(providersOf(tasks)).toEqual(["spot", "spot"]);
    expect(failures).toMatchObject([{ reason: "EMPTY CAPACITY PROVIDER" }]);
  });

  test("is no error in a cluster that has no instance yet", async () => {
    for (const number of [1, 2, 3, 4]) {
      await deregisterContainerInstance(plane, { containerInstance: instanceId(number) });
    }
    const { tasks, failures } = await run({ count: 2, capacityProviderStrategy: BOTH });
    expect(tasks).toEqual([]);
    expect(failures).toMatchObject([
      { reason: "EMPTY CAPACITY PROVIDER" },
      { reason: "EMPTY CAPACITY PROVIDER" },
    ]);
    await expect(run({})).rejects.toMatchObject({
      message: "No Container Instances were found in your cluster.",
    });
  });

  test("comes to the same tasks when it is repeated", async () => {
    const request = { count: 3, capacityProviderStrategy: BOTH, clientToken: "once" };
    const first = await run(request);
    const again = await run(request);
    const shown = (tasks: typeof first.tasks) =>
      new Set(tasks?.map((each) => `${each.taskArn} ${each.capacityProviderName}`));
    expect(shown(again.tasks)).toEqual(shown(first.tasks));
    expect((await listTasks(plane, {})).taskArns).toHaveLength(3);
  });

  const NOT_ASSOCIATED =
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster";

  const refused: readonly (readonly [string, Partial<EcsRequest<"RunTask">>, string, string?])[] = [
    [
      "one that the cluster does not have",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }] },
      NOT_ASSOCIATED,
    ],
    [
      "no weight at all",
      { capacityProviderStrategy: [{ capacityProvider: "spot" }, { capacityProvider: "steady" }] },
      "There are no capacity providers in the capacity provider strategy with a weight value greater than zero",
    ],
    [
      "two bases",
      { capacityProviderStrategy: BOTH.map((each) => ({ ...each, base: 1 })) },
      "There are multiple capacity providers in the specified capacity provider strategy with a base value defined",
    ],
    [
      "21 items",
      {
        capacityProviderStrategy: Array.from({ length: 21 }, () => ({ capacityProvider: "spot" })),
      },
      "capacityProviderStrategy can have at most 20 items.",
    ],
    [
      "Fargate for what cannot run there",
      { capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
      "Task definition does not support launch_type FARGATE.",
    ],
    [
      "Fargate",
      {
        taskDefinition: "fargate",
        capacityProviderStrategy: [{ capacityProvider: "FARGATE" }],
      },
      "Berth does not have this yet: launch type FARGATE.",
      "UnsupportedFeatureException",
    ],
  ];

  test.each(
    refused.map(([name, request, message, code = "InvalidParameterException"]) => ({
      name,
      request,
      message,
      code,
    })),
  )("refuses $name", async ({ request, message, code }) => {
    await expect(run(request)).rejects.toMatchObject({ code, message });
    expect((await listTasks(plane, {})).taskArns).toEqual([]);
  });
});

test("a queued run waits for the provider that each of its tasks is for", async () => {
  const capacityProviderStrategy = [
    { capacityProvider: "empty", weight: 1 },
    { capacityProvider: "spot", weight: 1 },
  ];
  const queued = await queueRun(plane, {
    run: { taskDefinition: "web", count: 4, capacityProviderStrategy },
    deadlineSeconds: 600,
  });
  expect(queued.placedTaskArns).toHaveLength(2);
  expect(queued.latestTry?.instances).toMatchObject([{ reason: "EMPTY CAPACITY PROVIDER" }]);
  const id = instanceId(9);
  const attributes = [{ name: AUTO_SCALING_GROUP, value: "empty-group" }];
  await plane.store.instances.create(anInstance({ id, attributes }), aLedger({ id }));
  await handleWake(plane, { kind: "queuedRun", cluster: "default", id: queued.id });
  const { taskArns = [] } = await listTasks(plane, {});
  const { tasks } = await describeTasks(plane, { tasks: taskArns });
  expect(providersOf(tasks)).toEqual(["empty", "empty", "spot", "spot"]);
});

describe("a service with a capacity provider strategy", () => {
  const create = async (request: Partial<EcsRequest<"CreateService">> = {}) =>
    createService(plane, {
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 3,
      capacityProviderStrategy: BOTH,
      ...request,
    });
  const update = async (request: Partial<EcsRequest<"UpdateService">>) =>
    updateService(plane, { service: "web", ...request });
  const described = async () =>
    (await describeServices(plane, { services: ["web"] })).services?.[0];
  const tasksOf = async () => {
    const { taskArns = [] } = await listTasks(plane, { serviceName: "web" });
    return taskArns.length === 0
      ? []
      : ((await describeTasks(plane, { tasks: taskArns })).tasks ?? []);
  };

  test("shows it in the place of a launch type, filled in", async () => {
    const filled = [
      { capacityProvider: "steady", base: 1, weight: 0 },
      { capacityProvider: "spot", base: 0, weight: 1 },
    ];
    const { service } = await create();
    expect(service?.capacityProviderStrategy).toEqual(filled);
    expect(service).not.toHaveProperty("launchType");
    expect(service?.deployments?.[0]?.capacityProviderStrategy).toEqual(filled);
    expect(service?.deployments?.[0]).not.toHaveProperty("launchType");
  });

  test("starts its tasks by it", async () => {
    await create();
    await settle();
    expect(providersOf(await tasksOf())).toEqual(["spot", "spot", "steady"]);
    await update({ desiredCount: 5 });
    await settle();
    expect(providersOf(await tasksOf())).toEqual(["spot", "spot", "spot", "spot", "steady"]);
  });

  test("takes the cluster's default at its creation, and keeps it", async () => {
    await associate([{ capacityProvider: "steady" }]);
    await create({ capacityProviderStrategy: undefined });
    await associate([{ capacityProvider: "spot" }]);
    expect(await described()).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: "steady" }],
    });
  });

  test("waits for a provider without an instance, which is told and explained", async () => {
    await create({ capacityProviderStrategy: [{ capacityProvider: "empty" }], desiredCount: 2 });
    await settle();
    const service = await described();
    expect(service).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(service?.events?.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("No Container Instances were found in your capacity provider."),
    );
    const { placements } = await explainService(plane, { service: "web" });
    expect(placements).toMatchObject([
      {
        capacityProvider: "empty",
        considered: 4,
        removed: [{ reason: "CAPACITY PROVIDER", count: 4 }],
      },
    ]);
  });

  const FORCE =
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.";
  const SPOT = [{ capacityProvider: "spot", weight: 1 }];

  test.each([
    { name: "another", given: SPOT, before: BOTH },
    { name: "one where there was none", given: SPOT, before: undefined },
    { name: "none where there was one", given: [], before: BOTH },
  ])("is given $name only with a new deployment", async ({ given, before }) => {
    await create({ capacityProviderStrategy: before });
    await expect(update({ capacityProviderStrategy: given })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: FORCE,
    });
    const { service } = await update({
      capacityProviderStrategy: given,
      forceNewDeployment: true,
    });
    expect(service?.deployments).toHaveLength(2);
    expect(service?.capacityProviderStrategy ?? []).toMatchObject(given);
    expect(service?.launchType).toBe(given.length > 0 ? undefined : "EC2");
  });

  test("may be told the one that it has, in any order", async () => {
    await create();
    const { service } = await update({ capacityProviderStrategy: BOTH.toReversed() });
    expect(service?.deployments).toHaveLength(1);
  });

  test("keeps it through new deployments that say nothing of it", async () => {
    await create();
    const { service } = await update({ forceNewDeployment: true });
    expect(service?.deployments?.map((each) => each.capacityProviderStrategy?.length)).toEqual([
      2, 2,
    ]);
  });

  test("replaces its tasks by another strategy", async () => {
    await create();
    await settle();
    await update({ capacityProviderStrategy: SPOT, forceNewDeployment: true });
    await settle();
    const newest = (await described())?.deployments?.[0]?.id;
    const successors = (await tasksOf()).filter(({ startedBy }) => startedBy === newest);
    expect(providersOf(successors)).toEqual(["spot", "spot", "spot"]);
  });

  const DAEMON =
    "Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.";

  test("is no DAEMON, by its own strategy or by the cluster's", async () => {
    const daemon = { schedulingStrategy: "DAEMON", desiredCount: undefined } as const;
    const refusal = { code: "InvalidParameterException", message: DAEMON };
    await expect(create(daemon)).rejects.toMatchObject(refusal);
    await associate(SPOT);
    const byDefault = { ...daemon, capacityProviderStrategy: undefined };
    await expect(create(byDefault)).rejects.toMatchObject(refusal);
    await create({ ...byDefault, launchType: "EC2" });
    const change = { capacityProviderStrategy: SPOT, forceNewDeployment: true };
    await expect(update(change)).rejects.toMatchObject(refusal);
  });

  test("runs on no Fargate yet", async () => {
    await create();
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE" }];
    await expect(
      update({ capacityProviderStrategy, forceNewDeployment: true }),
    ).rejects.toMatchObject({ code: "UnsupportedFeatureException" });
  });
});

test("a task set has a strategy of its own", async () => {
  await createService(plane, {
    serviceName: "shop",
    desiredCount: 2,
    deploymentController: { type: "EXTERNAL" },
  });
  const { taskSet } = await createTaskSet(plane, {
    cluster: "default",
    service: "shop",
    taskDefinition: "web",
    scale: { value: 100, unit: "PERCENT" },
    capacityProviderStrategy: BOTH,
  });
  expect(taskSet?.capacityProviderStrategy).toHaveLength(2);
  expect(taskSet).not.toHaveProperty("launchType");
  await settle();
  const { taskArns = [] } = await listTasks(plane, { serviceName: "shop" });
  const { tasks } = await describeTasks(plane, { tasks: taskArns });
  expect(providersOf(tasks)).toEqual(["spot", "steady"]);
});
