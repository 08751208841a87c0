import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { createService } from "./create-service.ts";

type Request = EcsRequest<"CreateService">;

const aRequest = (changes: Partial<Request> = {}): Request => ({
  serviceName: "web",
  taskDefinition: "web",
  desiredCount: 3,
  ...changes,
});

async function aCluster() {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [
      aTaskDefinition(),
      aTaskDefinition({ family: "old", status: "INACTIVE" }),
      aTaskDefinition({ family: "vpc", networkMode: "awsvpc" }),
    ],
  });
  return controlPlane;
}

describe("CreateService", () => {
  test("answers a service that has started nothing yet", async () => {
    const controlPlane = await aCluster();
    const { service } = await createService(controlPlane, aRequest());
    const now = new Date(controlPlane.now());
    const arn = "arn:aws:ecs:eu-central-1:123456789012";
    const id = service?.deployments?.[0]?.id;
    expect(service).toEqual({
      serviceArn: `${arn}:service/default/web`,
      serviceName: "web",
      clusterArn: `${arn}:cluster/default`,
      status: "ACTIVE",
      desiredCount: 3,
      runningCount: 0,
      pendingCount: 0,
      launchType: "EC2",
      taskDefinition: `${arn}:task-definition/web:1`,
      schedulingStrategy: "REPLICA",
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: false, rollback: false },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: "ROLLING",
        bakeTimeInMinutes: 0,
      },
      currentServiceDeployment: expect.stringMatching(
        new RegExp(`^${arn}:service-deployment/default/web/[A-Za-z0-9_-]{21}$`),
      ),
      currentServiceRevisions: [
        {
          arn: `${arn}:service-revision/default/web/${id?.slice("ecs-svc/".length)}`,
          requestedTaskCount: 3,
          runningTaskCount: 0,
          pendingTaskCount: 0,
        },
      ],
      deployments: [
        {
          id,
          status: "PRIMARY",
          taskDefinition: `${arn}:task-definition/web:1`,
          desiredCount: 3,
          runningCount: 0,
          pendingCount: 0,
          failedTasks: 0,
          launchType: "EC2",
          createdAt: now,
          updatedAt: now,
          rolloutState: "IN_PROGRESS",
          rolloutStateReason: `ECS deployment ${id} in progress.`,
        },
      ],
      loadBalancers: [],
      serviceRegistries: [],
      events: [],
      placementConstraints: [],
      placementStrategy: [],
      createdAt: now,
      createdBy: controlPlane.principalArn,
      enableECSManagedTags: false,
      propagateTags: "NONE",
      enableExecuteCommand: false,
      availabilityZoneRebalancing: "ENABLED",
      tags: [],
    });
    expect(id).toMatch(/^ecs-svc\/\d{19}$/);
  });

  test("leaves a mark and wakes the service controller", async () => {
    const controlPlane = await aCluster();
    await createService(controlPlane, aRequest());
    expect(await controlPlane.store.services.find("default", "web")).toMatchObject({
      due: controlPlane.now(),
    });
    expect(controlPlane.wakes).toEqual([
      {
        message: { kind: "service", cluster: "default", service: "web" },
        timing: { kind: "now" },
      },
    ]);
  });

  test("keeps what is given", async () => {
    const { service } = await createService(
      await aCluster(),
      aRequest({
        deploymentConfiguration: {
          minimumHealthyPercent: 50,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        placementConstraints: [
          { type: "distinctInstance" },
          { type: "memberOf", expression: "attribute:ecs.os-type == linux" },
        ],
        placementStrategy: [{ type: "binpack", field: "MEMORY" }, { type: "random" }],
        deploymentController: { type: "ECS" },
        healthCheckGracePeriodSeconds: 30,
        propagateTags: "SERVICE",
        tags: [{ key: "a", value: "1" }],
      }),
    );
    expect(service).toMatchObject({
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      placementConstraints: [
        { type: "distinctInstance" },
        { type: "memberOf", expression: "attribute:ecs.os-type == linux" },
      ],
      placementStrategy: [{ type: "binpack", field: "memory" }, { type: "random" }],
      deploymentController: { type: "ECS" },
      healthCheckGracePeriodSeconds: 30,
      propagateTags: "SERVICE",
      tags: [{ key: "a", value: "1" }],
    });
  });
});

describe("CreateService, repeated", () => {
  test.each<{ name: string; first: Partial<Request>; second: Partial<Request> }>([
    { name: "with the same parameters", first: {}, second: {} },
    {
      name: "with the same token",
      first: { clientToken: "t" },
      second: { clientToken: "t" },
    },
    { name: "with the cluster spelt out", first: {}, second: { cluster: "default" } },
  ])("answers the service $name", async ({ first, second }) => {
    const controlPlane = await aCluster();
    const created = await createService(controlPlane, aRequest(first));
    controlPlane.advance(1_000);
    const repeated = await createService(controlPlane, aRequest(second));
    expect(repeated.service).toEqual(created.service);
  });

  test.each<{ name: string; second: Partial<Request> }>([
    { name: "another count", second: { desiredCount: 4 } },
    { name: "the token and another count", second: { clientToken: "t", desiredCount: 4 } },
  ])("refuses $name", async ({ second }) => {
    const controlPlane = await aCluster();
    await createService(controlPlane, aRequest({ clientToken: "t" }));
    await expect(createService(controlPlane, aRequest(second))).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Creation of service was not idempotent.",
    });
  });

  test("waits for a service of the name to drain, then takes its place", async () => {
    const controlPlane = await aCluster();
    const { services } = controlPlane.store;
    const first = await createService(controlPlane, aRequest());
    const become = async (status: "DRAINING" | "INACTIVE") => {
      const stored = await services.findLatest("default", "web");
      if (stored) await services.replace({ ...stored, status });
    };

    await become("DRAINING");
    await expect(createService(controlPlane, aRequest())).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Unable to Start a service that is still Draining.",
    });

    await become("INACTIVE");
    controlPlane.advance(1_000);
    const second = await createService(controlPlane, aRequest());
    expect(second.service).toMatchObject({
      status: "ACTIVE",
      createdAt: new Date(controlPlane.now()),
    });
    expect(second.service?.deployments?.[0]?.id).not.toBe(first.service?.deployments?.[0]?.id);
  });
});

const withThreshold = (thresholdConfiguration: {
  readonly type: "COUNT" | "UNBOUNDED_PERCENT";
  readonly value: number;
}): Partial<Request> => ({
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration },
  },
});

const { desiredCount: _, ...WITHOUT_COUNT } = aRequest();

describe("CreateService of a DAEMON", () => {
  test("has ECS's percentages, no count and no rebalancing", async () => {
    const controlPlane = await aCluster();
    const request = { ...WITHOUT_COUNT, schedulingStrategy: "DAEMON" as const };
    const { service } = await createService(controlPlane, request);
    expect(service).toMatchObject({
      schedulingStrategy: "DAEMON",
      desiredCount: 0,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      availabilityZoneRebalancing: "DISABLED",
    });
    expect(await controlPlane.store.services.daemons("default")).toEqual(["web"]);
  });

  test.each<{ name: string; changes: Partial<Request>; message: RegExp }>([
    {
      name: "a strategy",
      changes: { placementStrategy: [{ type: "random" }] },
      message: /does not support placement strategies/,
    },
    {
      name: "more than all",
      changes: { deploymentConfiguration: { maximumPercent: 101 } },
      message: /does not support values above 100 for maximumPercent$/,
    },
    {
      name: "rebalancing",
      changes: { availabilityZoneRebalancing: "ENABLED" },
      message: /does not support the daemon scheduling strategy/,
    },
  ])("refuses $name", async ({ changes, message }) => {
    const request = { ...WITHOUT_COUNT, schedulingStrategy: "DAEMON" as const, ...changes };
    await expect(createService(await aCluster(), request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringMatching(message),
    });
  });
});

describe("CreateService evens out over zones by default", () => {
  const ZONE = "attribute:ecs.availability-zone";
  test.each<{ name: string; changes: Partial<Request>; expected: "ENABLED" | "DISABLED" }>([
    { name: "without a strategy", changes: {}, expected: "ENABLED" },
    {
      name: "where it spreads over them first",
      changes: { placementStrategy: [{ type: "spread", field: ZONE }, { type: "random" }] },
      expected: "ENABLED",
    },
    {
      name: "not where another strategy comes first",
      changes: { placementStrategy: [{ type: "random" }, { type: "spread", field: ZONE }] },
      expected: "DISABLED",
    },
    {
      name: "not where there is no room for it",
      changes: { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } },
      expected: "DISABLED",
    },
    {
      name: "not where it is told not to",
      changes: { availabilityZoneRebalancing: "DISABLED" },
      expected: "DISABLED",
    },
  ])("$name", async ({ changes, expected }) => {
    const { service } = await createService(await aCluster(), aRequest(changes));
    expect(service?.availabilityZoneRebalancing).toBe(expected);
  });
});

test("CreateService keeps what the circuit breaker is told", async () => {
  const threshold = withThreshold({ type: "COUNT", value: 5 });
  const controlPlane = await aCluster();
  const { service } = await createService(controlPlane, aRequest(threshold));
  expect(service?.deploymentConfiguration?.deploymentCircuitBreaker).toEqual(
    threshold.deploymentConfiguration?.deploymentCircuitBreaker,
  );
  const stored = await controlPlane.store.services.find("default", "web");
  expect(stored?.deploymentConfiguration.deploymentCircuitBreaker).toMatchObject({
    thresholdConfiguration: { type: "COUNT", value: 5 },
  });
});

describe("CreateService refuses", () => {
  const INVALID = "InvalidParameterException";
  const LATER = "UnsupportedFeatureException";

  test.each<{ name: string; changes: Partial<Request>; code: string; message: string }>([
    {
      name: "an unknown cluster",
      changes: { cluster: "x" },
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    },
    {
      name: "an unknown definition",
      changes: { taskDefinition: "x" },
      code: "ClientException",
      message: "TaskDefinition not found.",
    },
    {
      name: "an inactive definition",
      changes: { taskDefinition: "old:1" },
      code: "ClientException",
      message: "TaskDefinition is inactive",
    },
    {
      name: "a role without load balancers",
      changes: { role: "r" },
      code: INVALID,
      message: "IAM roles are only valid for services configured to use load balancers",
    },
    {
      name: "a threshold of nothing",
      changes: withThreshold({ type: "COUNT", value: 0 }),
      code: INVALID,
      message: "thresholdConfiguration value must be at least 1",
    },
    {
      name: "a threshold beyond all tasks",
      changes: withThreshold({ type: "UNBOUNDED_PERCENT", value: 101 }),
      code: INVALID,
      message: "thresholdConfiguration value must be at most 100 for type UNBOUNDED_PERCENT",
    },
    {
      name: "percentages that block",
      changes: { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } },
      code: INVALID,
      message:
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments",
    },
    {
      name: "a minimum above 100",
      changes: { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      code: INVALID,
      message: "minimumHealthyPercent must be at most 100",
    },
    {
      name: "a negative count",
      changes: { desiredCount: -1 },
      code: INVALID,
      message: "desiredCount must be between 0 and 5000.",
    },
    {
      name: "awsvpc without a network",
      changes: { taskDefinition: "vpc" },
      code: INVALID,
      message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    },
    {
      name: "a constraint that cannot be read",
      changes: { placementConstraints: [{ type: "memberOf", expression: "((" }] },
      code: INVALID,
      message: expect.stringContaining("Invalid placement constraint expression"),
    },
    {
      name: "load balancers",
      changes: { loadBalancers: [{ targetGroupArn: "a", containerName: "main" }] },
      code: LATER,
      message: "Berth does not have this yet: load balancers.",
    },
    {
      name: "service registries",
      changes: { serviceRegistries: [{ registryArn: "a" }] },
      code: LATER,
      message: "Berth does not have this yet: service registries.",
    },
    {
      name: "Service Connect",
      changes: { serviceConnectConfiguration: { enabled: true } },
      code: LATER,
      message: "Berth does not have this yet: Service Connect.",
    },
    {
      name: "a daemon with a count",
      changes: { schedulingStrategy: "DAEMON" },
      code: INVALID,
      message:
        "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
    },
    {
      name: "other controllers",
      changes: { deploymentController: { type: "CODE_DEPLOY" } },
      code: LATER,
      message: "Berth does not have this yet: deployment controller CODE_DEPLOY.",
    },
    {
      name: "other strategies",
      changes: { deploymentConfiguration: { strategy: "BLUE_GREEN" } },
      code: LATER,
      message: "Berth does not have this yet: deployment strategy BLUE_GREEN.",
    },
    {
      name: "rebalancing without room for it",
      changes: {
        availabilityZoneRebalancing: "ENABLED",
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 },
      },
      code: INVALID,
      message: "Availability Zone rebalancing does not support a maximumPercent of 100.",
    },
    {
      name: "rebalancing against a constraint",
      changes: {
        availabilityZoneRebalancing: "ENABLED",
        placementConstraints: [
          { type: "memberOf", expression: "attribute:ecs.availability-zone == a" },
        ],
      },
      code: INVALID,
      message:
        "Availability Zone rebalancing does not support placement constraints on the Availability Zone.",
    },
  ])("$name, and writes nothing", async ({ changes, code, message }) => {
    const controlPlane = await aCluster();
    await expect(createService(controlPlane, aRequest(changes))).rejects.toMatchObject({
      code,
      message,
    });
    expect(await controlPlane.store.services.find("default", "web")).toBeUndefined();
    expect(controlPlane.wakes).toEqual([]);
  });

  test("a service without count", async () => {
    const { desiredCount: _, ...request } = aRequest();
    await expect(createService(await aCluster(), request)).rejects.toMatchObject({ code: INVALID });
  });
});
