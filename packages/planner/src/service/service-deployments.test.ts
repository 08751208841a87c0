import type { Service } from "@berth/domain/service";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { aServiceDeployment } from "@berth/testing/builders";
import {
  aServiceSnapshot,
  aServiceTask,
  deploymentId,
  NOW,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";
import { settleServiceDeployments } from "./service-deployments.ts";

const aRecord = (overrides: Partial<ServiceDeployment> = {}) =>
  aServiceDeployment({
    deploymentId: deploymentId(2),
    sourceDeploymentIds: [deploymentId(1)],
    ...overrides,
  });

const old = [aServiceTask(1, 1), aServiceTask(1, 2)];
const fresh = [aServiceTask(2, 3), aServiceTask(2, 4)];
const deployments = [rollingOut(2), superseded(1)];

const after = (service: Partial<Service>, tasks: readonly Task[] = old) =>
  planService(
    aServiceSnapshot({
      service: { taskDefinition: "web:2", deployments, ...service },
      tasks,
    }),
  ).service;

const watched = (rollback: boolean) => ({
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback },
});
const failing = [rollingOut(2, { failedTasks: 3 }), superseded(1)];

describe("the latest record", () => {
  test("begins with the first pass, and then rests", () => {
    const pending: ServiceDeployment = {
      id: "new",
      status: "PENDING",
      deploymentId: deploymentId(2),
      sourceDeploymentIds: [deploymentId(1)],
      createdAt: 5,
      updatedAt: 5,
    };
    const { serviceDeployments } = after({ serviceDeployments: [pending] });
    expect(serviceDeployments).toEqual([
      { ...pending, status: "IN_PROGRESS", startedAt: NOW, updatedAt: NOW },
    ]);
    expect(after({ serviceDeployments }).serviceDeployments).toBe(serviceDeployments);
  });

  test("is SUCCESSFUL with the completion of its deployment, and says how things are then", () => {
    const deploymentConfiguration = watched(true);
    const [record] = after(
      { serviceDeployments: [aRecord()], deploymentConfiguration },
      fresh,
    ).serviceDeployments;
    expect(record).toEqual(
      aRecord({
        status: "SUCCESSFUL",
        finishedAt: NOW,
        updatedAt: NOW,
        end: {
          failureCount: 0,
          threshold: 3,
          deploymentConfiguration,
          tasks: {
            [deploymentId(2)]: { requested: 2, running: 2, pending: 0 },
            [deploymentId(1)]: { requested: 0, running: 0, pending: 0 },
          },
        },
      }),
    );
  });

  test("goes back where the breaker tripped, and says why", () => {
    const [record] = after(
      {
        serviceDeployments: [aRecord()],
        deployments: failing,
        deploymentConfiguration: watched(true),
      },
      [...old, aServiceTask(2, 3, "PENDING")],
    ).serviceDeployments;
    const reason =
      "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    expect(record).toMatchObject({
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: reason,
      rollback: {
        trigger: "circuitBreaker",
        reason,
        startedAt: NOW,
        failureCount: 3,
        deploymentId: deploymentId(1),
      },
    });
    expect(record).not.toHaveProperty("end");
  });

  test("is ROLLBACK_SUCCESSFUL once the deployment gone back to completes, also at once", () => {
    const serviceDeployments = [aRecord()];
    const service = after({
      serviceDeployments,
      deployments: failing,
      deploymentConfiguration: watched(true),
    });
    expect(service.deployments.map((each) => each.rolloutState)).toEqual(["COMPLETED"]);
    expect(service.serviceDeployments[0]).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      finishedAt: NOW,
      end: { threshold: 3, tasks: { [deploymentId(1)]: { requested: 2, running: 2 } } },
    });
  });

  test.each([
    {
      name: "STOPPED without rollback",
      rollback: false,
      listed: failing,
      expected: {
        status: "STOPPED",
        stoppedAt: NOW,
        statusReason:
          "Service deployment stopped because the circuit breaker threshold was exceeded.",
      },
    },
    {
      name: "ROLLBACK_FAILED where there is none to go back to",
      rollback: true,
      listed: failing.slice(0, 1),
      expected: {
        status: "ROLLBACK_FAILED",
        finishedAt: NOW,
        statusReason:
          "Service deployment failed because the circuit breaker threshold was exceeded, and there is no completed deployment to roll back to.",
      },
    },
  ])("is $name", ({ rollback, listed, expected }) => {
    const service = after({
      serviceDeployments: [aRecord()],
      deployments: listed,
      deploymentConfiguration: watched(rollback),
    });
    expect(service.deployments[0]?.rolloutState).toBe("FAILED");
    expect(service.serviceDeployments[0]).toMatchObject({ ...expected, end: { failureCount: 3 } });
  });

  test("is ROLLBACK_FAILED where the rollback fails too, and keeps the first reason to go back", () => {
    const rollback = {
      trigger: "user",
      reason: "first",
      startedAt: 1,
      deploymentId: deploymentId(1),
    } as const;
    const [record] = after(
      {
        serviceDeployments: [aRecord({ status: "ROLLBACK_IN_PROGRESS", rollback })],
        deployments: [
          rollingOut(1, { failedTasks: 3 }),
          rollingOut(2, { status: "ACTIVE", rolloutState: "FAILED" }),
        ],
        deploymentConfiguration: watched(true),
      },
      [],
    ).serviceDeployments;
    expect(record).toMatchObject({ status: "ROLLBACK_FAILED", rollback });
  });

  test("counts what failed of a deployment that is gone by the verdict", () => {
    const rollback = {
      trigger: "circuitBreaker",
      reason: "why",
      startedAt: 1,
      failureCount: 3,
      deploymentId: deploymentId(1),
    } as const;
    const [record] = after(
      {
        desiredCount: 0,
        serviceDeployments: [aRecord({ status: "ROLLBACK_IN_PROGRESS", rollback })],
        deployments: [rollingOut(1)],
      },
      [],
    ).serviceDeployments;
    expect(record).toMatchObject({ status: "ROLLBACK_SUCCESSFUL", end: { failureCount: 3 } });
  });

  test("has a verdict that nothing changes any more", () => {
    const end = {
      failureCount: 0,
      threshold: 3,
      deploymentConfiguration: watched(true),
      tasks: {},
    };
    const serviceDeployments = [aRecord({ status: "SUCCESSFUL", end })];
    const service = { ...after({ serviceDeployments }), serviceDeployments };
    const tripped = { deployments: failing, deploymentConfiguration: watched(true) };
    expect(settleServiceDeployments(service, old, tripped, NOW)).toBe(serviceDeployments);
  });
});

describe("a stop that a user asked for", () => {
  const serviceDeployments = [aRecord({ status: "ROLLBACK_REQUESTED" })];

  test("rolls back, whatever the configuration says", () => {
    const service = after({ serviceDeployments }, [...old, aServiceTask(2, 3)]);
    expect(service).toMatchObject({
      taskDefinition: "web:1",
      deployments: [{ id: deploymentId(1) }, { id: deploymentId(2), rolloutState: "FAILED" }],
    });
    expect(service.serviceDeployments[0]).toMatchObject({
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: "Service deployment rolled back because it was stopped by the user.",
      rollback: { trigger: "user" },
    });
  });

  test("comes before a completion that would be due", () => {
    expect(after({ serviceDeployments }, fresh).taskDefinition).toBe("web:1");
  });

  test("ends a first deployment too", () => {
    const service = after({ serviceDeployments, deployments: [rollingOut(2)] }, []);
    expect(service.serviceDeployments[0]?.status).toBe("ROLLBACK_FAILED");
    expect(service.plannedStarts).toEqual([]);
  });
});

describe("a record that a newer one has superseded", () => {
  const newer = aRecord({ id: "newer", deploymentId: deploymentId(3) });
  const older = aRecord({ id: "older", status: "STOP_REQUESTED" });
  const serviceDeployments = [newer, older];
  const both = [rollingOut(3), rollingOut(2, { status: "ACTIVE" }), superseded(1)];

  test("waits while its deployment has tasks", () => {
    const service = after({ serviceDeployments, deployments: both }, [...old, ...fresh]);
    expect(service.serviceDeployments[1]).toBe(older);
  });

  test("is STOPPED once nothing of it is left", () => {
    const service = after({ serviceDeployments, deployments: both });
    expect(service.serviceDeployments).toMatchObject([
      { id: "newer", status: "IN_PROGRESS" },
      { id: "older", status: "STOPPED", stoppedAt: NOW, end: { failureCount: 0 } },
    ]);
  });

  test("is STOPPED with the verdict of the newer one, though tasks of it are left", () => {
    const service = after(
      {
        serviceDeployments,
        deployments: [rollingOut(3, { failedTasks: 3 }), ...both.slice(1)],
        deploymentConfiguration: watched(false),
      },
      [...old, ...fresh],
    );
    expect(service.serviceDeployments.map(({ status }) => status)).toEqual(["STOPPED", "STOPPED"]);
  });
});

test("a record leaves with the change after its verdict: by then it is an item of its own", () => {
  const serviceDeployments = [aRecord({ status: "SUCCESSFUL" })];
  const unchanged = after({ serviceDeployments, deployments: deployments.slice(0, 1) }, []);
  const changed = after({ serviceDeployments, deployments: deployments.slice(0, 1) }, fresh);
  expect(unchanged.serviceDeployments).toBe(serviceDeployments);
  expect(changed.serviceDeployments).toEqual([]);
});

test("a service that is deleted ends what is under way", () => {
  const service = after({ status: "DRAINING", serviceDeployments: [aRecord()] });
  expect(service.serviceDeployments[0]).toMatchObject({
    status: "STOPPED",
    statusReason: "Service deployment stopped because the service was deleted.",
    stoppedAt: NOW,
  });
});
