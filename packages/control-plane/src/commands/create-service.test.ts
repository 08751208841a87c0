import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aPlaneWithCluster, aServiceRequest } from "@berth/testing/command-set-up";
import { createService } from "./create-service.ts";

type Request = EcsRequest<"CreateService">;

describe("CreateService", () => {
  test("makes a service as old as its first deployment, however long that took", async () => {
    const controlPlane = await aPlaneWithCluster();
    const slow = {
      ...controlPlane,
      now: () => {
        controlPlane.advance(1);
        return controlPlane.now();
      },
    };
    await createService(slow, aServiceRequest());
    const service = await controlPlane.store.services.find("default", "web");
    expect(service?.createdAt).toBe(service?.serviceDeployments[0]?.createdAt);
    expect(service?.createdAt).toBe(service?.deployments[0]?.createdAt);
  });

  test("answers a service that has started nothing yet", async () => {
    const controlPlane = await aPlaneWithCluster();
    const { service } = await createService(controlPlane, aServiceRequest());
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
    const controlPlane = await aPlaneWithCluster();
    await createService(controlPlane, aServiceRequest());
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
      await aPlaneWithCluster(),
      aServiceRequest({
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
    const controlPlane = await aPlaneWithCluster();
    const created = await createService(controlPlane, aServiceRequest(first));
    controlPlane.advance(1_000);
    const repeated = await createService(controlPlane, aServiceRequest(second));
    expect(repeated.service).toEqual(created.service);
  });

  test.each<{ name: string; second: Partial<Request> }>([
    { name: "another count", second: { desiredCount: 4 } },
    { name: "the token and another count", second: { clientToken: "t", desiredCount: 4 } },
  ])("refuses $name", async ({ second }) => {
    const controlPlane = await aPlaneWithCluster();
    await createService(controlPlane, aServiceRequest({ clientToken: "t" }));
    await expect(createService(controlPlane, aServiceRequest(second))).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Creation of service was not idempotent.",
    });
  });

  test("waits for a service of the name to drain, then takes its place", async () => {
    const controlPlane = await aPlaneWithCluster();
    const { services } = controlPlane.store;
    const first = await createService(controlPlane, aServiceRequest());
    const become = async (status: "DRAINING" | "INACTIVE") => {
      const stored = await services.findLatest("default", "web");
      if (stored) await services.replace({ ...stored, status });
    };

    await become("DRAINING");
    await expect(createService(controlPlane, aServiceRequest())).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Unable to Start a service that is still Draining.",
    });

    await become("INACTIVE");
    controlPlane.advance(1_000);
    const second = await createService(controlPlane, aServiceRequest());
    expect(second.service).toMatchObject({
      status: "ACTIVE",
      createdAt: new Date(controlPlane.now()),
    });
    expect(second.service?.deployments?.[0]?.id).not.toBe(first.service?.deployments?.[0]?.id);
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
    const { service } = await createService(await aPlaneWithCluster(), aServiceRequest(changes));
    expect(service?.availabilityZoneRebalancing).toBe(expected);
  });
});

test("CreateService keeps what the circuit breaker is told", async () => {
  const thresholdConfiguration = { type: "COUNT", value: 5 } as const;
  const deploymentCircuitBreaker = { enable: true, rollback: true, thresholdConfiguration };
  const controlPlane = await aPlaneWithCluster();
  const request = aServiceRequest({ deploymentConfiguration: { deploymentCircuitBreaker } });
  const { service } = await createService(controlPlane, request);
  expect(service?.deploymentConfiguration?.deploymentCircuitBreaker).toEqual(
    deploymentCircuitBreaker,
  );
  const stored = await controlPlane.store.services.find("default", "web");
  expect(stored?.deploymentConfiguration.deploymentCircuitBreaker).toMatchObject({
    thresholdConfiguration,
  });
});
