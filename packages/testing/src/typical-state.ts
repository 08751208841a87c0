import type { AccessKey } from "@berth/domain/access/access-key";
import type { ContainerInstance } from "@berth/domain/container-instance";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { Service } from "@berth/domain/service";
import type { ServiceDeployment, ServiceRevision } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import {
  aContainerDefinition,
  anAccessKey,
  aDeployment,
  aQueuedRun,
  aService,
  aServiceDeployment,
  aTask,
  aTaskContainer,
  aTaskDefinition,
  anInstance,
  instanceId,
  taskId,
} from "./builders.ts";
import { aTaskSet } from "./task-sets.ts";

/**
 * State as long as it is in real life, for tests of sizes and costs: names of a dozen characters,
 * full identifiers and times, every member that is usual.
 */

const AT = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const DEPLOYMENT_ID = "ecs-svc/1234567890123456789";
const EARLIER_DEPLOYMENT_ID = "ecs-svc/9234567890123456789";
const SERVICE = "orders-api";

/** A service's task with one container and a published port, as it is once it runs. */
export const aTypicalTask = (overrides: Partial<Task> = {}): Task =>
  aTask({
    cluster: "production",
    group: `service:${SERVICE}`,
    id: taskId(`service:${SERVICE}`, 0xabcdef),
    taskDefinition: `${SERVICE}:42`,
    startedBy: DEPLOYMENT_ID,
    containerInstanceId: instanceId(0xabcdef),
    availabilityZone: "us-east-1a",
    placement: {
      kind: "chosen",
      considered: 10_000,
      rejected: { "RESOURCE:MEMORY": 1_200, "RESOURCE:CPU": 500, AGENT: 3 },
      by: ["spread(attribute:ecs.availability-zone)", "spread(instanceId)"],
      scores: [12, 1],
      isDrawn: true,
    },
    desiredStatus: "RUNNING",
    lastStatus: "RUNNING",
    createdAt: AT,
    pullStartedAt: AT + 111,
    pullStoppedAt: AT + 2_222,
    startedAt: AT + 3_333,
    cpuUnits: 256,
    memoryMiB: 512,
    containers: [
      aTaskContainer({
        name: SERVICE,
        lastStatus: "RUNNING",
        runtimeId: "0123456789abcdef".repeat(4),
        imageDigest: `sha256:${"0123456789abcdef".repeat(4)}`,
        networkBindings: [
          { bindIP: "127.0.1.1", containerPort: 8080, hostPort: 32_768, protocol: "tcp" },
        ],
        healthStatus: "HEALTHY",
      }),
    ],
    history: [
      { at: AT, to: "PENDING", cause: { kind: "deployment", id: DEPLOYMENT_ID } },
      { at: AT + 3_333, to: "RUNNING", cause: { kind: "agent" } },
    ],
    ...overrides,
  });

/** The same task, stopped by a deployment. */
export const aTypicalStoppedTask = (overrides: Partial<Task> = {}): Task => {
  const running = aTypicalTask();
  const reason = `Scaling activity initiated by (deployment ${DEPLOYMENT_ID})`;
  return {
    ...running,
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    stoppingAt: AT + 50_000,
    executionStoppedAt: AT + 51_000,
    stoppedAt: AT + 51_100,
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: reason,
    containers: running.containers.map((container) =>
      aTaskContainer({ ...container, lastStatus: "STOPPED", exitCode: 143 }),
    ),
    history: [
      ...running.history,
      { at: AT + 50_000, to: "desired STOPPED", cause: { kind: "deployment", id: DEPLOYMENT_ID } },
      { at: AT + 51_100, to: "STOPPED", cause: { kind: "agent" } },
    ],
    ...overrides,
  };
};

export const aTypicalTaskDefinition = (overrides: Partial<TaskDefinition> = {}): TaskDefinition =>
  aTaskDefinition({
    family: SERVICE,
    revision: 42,
    containerDefinitions: [
      aContainerDefinition({
        name: SERVICE,
        image: `registry.example.com/team/${SERVICE}:2026-11-20`,
        environment: [{ name: "LOG_LEVEL", value: "info" }],
        portMappings: [{ containerPort: 8080, hostPort: 0, protocol: "tcp" }],
        logConfiguration: { logDriver: "json-file" },
      }),
    ],
    registeredAt: AT,
    ...overrides,
  });

export const aTypicalService = (overrides: Partial<Service> = {}): Service =>
  aService({
    cluster: "production",
    name: SERVICE,
    desiredCount: 20,
    taskDefinition: `${SERVICE}:42`,
    deployments: [
      aDeployment({
        id: DEPLOYMENT_ID,
        taskDefinition: `${SERVICE}:42`,
        rolloutStateReason: `ECS deployment ${DEPLOYMENT_ID} completed.`,
        createdAt: AT,
        updatedAt: AT,
      }),
    ],
    placementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
    requestHash: "0123456789abcdef".repeat(2),
    createdAt: AT,
    latestChange: {
      at: AT,
      operation: "UpdateService",
      requestId: "0b5cbb5d-24e1-4d2b-9d4b-1f4c0a3d2e11",
      principalArn: "arn:aws:iam::123456789012:user/team/deployer",
      deploymentId: DEPLOYMENT_ID,
      desiredCount: 20,
    },
    currentServiceDeployment: "NCWGC2ZR-taawPAYrIaU5",
    ...overrides,
  });

/** The record of a rollout from one revision to the next, with its verdict. */
export const aTypicalServiceDeployment = (
  overrides: Partial<ServiceDeployment> = {},
): ServiceDeployment =>
  aServiceDeployment({
    id: "NCWGC2ZR-taawPAYrIaU5",
    status: "SUCCESSFUL",
    deploymentId: DEPLOYMENT_ID,
    sourceDeploymentIds: [EARLIER_DEPLOYMENT_ID],
    createdAt: AT,
    startedAt: AT + 100,
    updatedAt: AT + 60_000,
    finishedAt: Date.now(),
    end: {
      failureCount: 0,
      threshold: 10,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: "ROLLING",
        bakeTimeInMinutes: 0,
      },
      tasks: {
        [DEPLOYMENT_ID]: { requested: 20, running: 20, pending: 0 },
        [EARLIER_DEPLOYMENT_ID]: { requested: 0, running: 0, pending: 0 },
      },
    },
    ...overrides,
  });

/** The same service in the midst of that rollout. */
export const aTypicalRollout = (): Service => {
  const { end: _, finishedAt: _1, ...record } = aTypicalServiceDeployment();
  return aTypicalService({
    deployments: [
      aDeployment({
        id: DEPLOYMENT_ID,
        taskDefinition: `${SERVICE}:42`,
        rolloutState: "IN_PROGRESS",
        rolloutStateReason: `ECS deployment ${DEPLOYMENT_ID} in progress.`,
        createdAt: AT,
        updatedAt: AT,
      }),
      aDeployment({
        id: EARLIER_DEPLOYMENT_ID,
        status: "ACTIVE",
        taskDefinition: `${SERVICE}:41`,
        rolloutStateReason: `ECS deployment ${EARLIER_DEPLOYMENT_ID} completed.`,
        createdAt: AT,
        updatedAt: AT,
      }),
    ],
    serviceDeployments: [{ ...record, status: "IN_PROGRESS" }],
  });
};

/** The service with so many task sets in the place of deployments. */
export function aTypicalExternalService(taskSetCount: number): Service {
  const { currentServiceDeployment: _, ...service } = aTypicalService({ deployments: [] });
  const { latestChange } = service;
  return {
    ...service,
    ...(latestChange && {
      latestChange: {
        ...latestChange,
        operation: "UpdateTaskSet",
        taskSet: { id: DEPLOYMENT_ID, scale: 33.3 },
      },
    }),
    kept: { deploymentController: { type: "EXTERNAL" } },
    taskSets: Array.from({ length: taskSetCount }, (_each, index) =>
      aTaskSet(index, {
        id: `ecs-svc/${1_234_567_890_123_456_789n + BigInt(index)}`,
        taskDefinition: `${SERVICE}:${42 - index}`,
        externalId: "release-2026-11-20",
        requestHash: "0123456789abcdef".repeat(2),
        createdAt: AT,
        updatedAt: AT,
        stabilityStatusAt: AT,
      }),
    ),
  };
}

export const aTypicalServiceRevision = (): ServiceRevision => ({
  cluster: "production",
  service: SERVICE,
  id: DEPLOYMENT_ID.slice("ecs-svc/".length),
  taskDefinition: `${SERVICE}:42`,
  launchType: "EC2",
  containerImages: [
    { containerName: SERVICE, image: `registry.example.com/team/${SERVICE}:2026-11-20` },
  ],
  createdAt: AT,
});

export const aTypicalInstance = (overrides: Partial<ContainerInstance> = {}): ContainerInstance =>
  anInstance({
    cluster: "production",
    id: instanceId(0xabcdef),
    ec2InstanceId: "i-0123456789abcdef0",
    registered: { cpuUnits: 4096, memoryMiB: 15_800, usedTcpPorts: [22, 2375], usedUdpPorts: [] },
    attributes: [
      { name: "ecs.availability-zone", value: "us-east-1a" },
      { name: "ecs.instance-type", value: "m7i.xlarge" },
      { name: "ecs.os-type", value: "linux" },
      { name: "ecs.cpu-architecture", value: "x86_64" },
      ...Array.from({ length: 20 }, (_, index) => ({
        name: `com.amazonaws.ecs.capability.docker-remote-api.1.${index + 17}`,
      })),
    ],
    versionInfo: {
      agentVersion: "1.99.0",
      agentHash: "0123abcd",
      dockerVersion: "DockerVersion: 26.1.4",
    },
    registeredAt: AT,
    ...overrides,
  });

/** Five tasks that wait for the memory of instances that others have filled. */
export const aTypicalQueuedRun = (overrides: Partial<QueuedRun> = {}): QueuedRun =>
  aQueuedRun({
    cluster: "production",
    id: "0123456789abcdef0123456789abcdef",
    taskDefinition: `${SERVICE}:42`,
    group: `family:${SERVICE}`,
    taskIds: Array.from({ length: 5 }, (_, index) => taskId(`family:${SERVICE}`, index)),
    cause: {
      kind: "api",
      operation: "RunTask",
      requestId: "0b5cbb5d-24e1-4d2b-9d4b-1f4c0a3d2e11",
      principalArn: "arn:aws:iam::123456789012:user/team/deployer",
    },
    placementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
    queuedAt: AT,
    deadline: AT + 3_600_000,
    latestTry: {
      since: AT,
      refusals: Array.from({ length: 5 }, (_, index) => ({
        containerInstanceId: instanceId(index),
        reason: "RESOURCE:MEMORY",
        detail: "memory: needs 512 MiB, has 300 MiB free of 2048; 1748 reserved by 6 tasks",
      })),
    },
    requestHash: "0123456789abcdef".repeat(4),
    ...overrides,
  });

/** A team's key with a policy of two statements, its secret sealed by KMS. */
export const aTypicalAccessKey = (overrides: Partial<AccessKey> = {}): AccessKey =>
  anAccessKey({
    id: "AKIAIOSFODNN7EXAMPLE",
    principal: `${SERVICE}-deploy`,
    grant: {
      kind: "policy",
      document: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["ecs:Describe*", "ecs:List*"], Resource: "*" },
          {
            Effect: "Allow",
            Action: ["ecs:UpdateService", "ecs:RegisterTaskDefinition"],
            Resource: [
              `arn:aws:ecs:us-east-1:123456789012:service/production/${SERVICE}`,
              `arn:aws:ecs:us-east-1:123456789012:task-definition/${SERVICE}:*`,
            ],
          },
        ],
      }),
    },
    createdAt: AT,
    createdBy: "arn:aws:iam::123456789012:user/admin",
    sealedSecret: "AQICAHg0123456789abcdef+/".repeat(10).slice(0, 248),
    ...overrides,
  });
