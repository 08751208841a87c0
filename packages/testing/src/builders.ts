import type { AccessKey } from "@berth/domain/access/access-key";
import type { ApiToken } from "@berth/domain/access/api-token";
import type { OwnAlarm } from "@berth/domain/alarm";
import type { CapacityProvider } from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import type {
  ContainerInstance,
  InstanceLedger,
  Reservation,
} from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import type { QueuedRun } from "@berth/domain/queued-run";
import type { Deployment, Service } from "@berth/domain/service";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { AgentSession } from "@berth/domain/session";
import type { ContainerDefinition, TaskDefinition } from "@berth/domain/task-definition";
import type { Task, TaskContainer } from "@berth/domain/task";
import { taskIdStem } from "@berth/domain/task-id";
import type { Candidate, PlacementRequest } from "@berth/planner/placement/place";

/** A task id of this group, told apart by a small number. */
export const taskId = (group: string, number: number): string => {
  const stem = taskIdStem(group);
  return stem + number.toString(16).padStart(32 - stem.length, "0");
};

/** The number that tells a task's id apart. */
export const taskNumber = (id: string): number => Number.parseInt(id.slice(-16), 16);

/** A container instance id, in the order of the numbers. */
export const instanceId = (number: number): string => number.toString(16).padStart(32, "0");

export const aCluster = (overrides: Partial<Cluster> = {}): Cluster => ({
  name: "default",
  status: "ACTIVE",
  settings: [],
  capacityProviders: [],
  defaultCapacityProviderStrategy: [],
  tags: [],
  createdAt: 0,
  ...overrides,
});

export const aCapacityProvider = (
  overrides: Partial<Extract<CapacityProvider, { managedInstances?: never }>> = {},
): CapacityProvider => ({
  name: "spot",
  status: "ACTIVE",
  autoScalingGroupProvider: {
    autoScalingGroupArn:
      "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0f1e2d3c-0000-4000-8000-000000000000:autoScalingGroupName/spot-group",
    managedScaling: {
      status: "DISABLED",
      targetCapacity: 100,
      minimumScalingStepSize: 1,
      maximumScalingStepSize: 10_000,
      instanceWarmupPeriod: 300,
    },
    managedTerminationProtection: "DISABLED",
    managedDraining: "ENABLED",
  },
  clusters: {},
  tags: [],
  createdAt: 0,
  ...overrides,
});

export const aDemand = (overrides: Partial<Demand> = {}): Demand => ({
  cpuUnits: 128,
  memoryMiB: 128,
  tcpPorts: [],
  udpPorts: [],
  ...overrides,
});

export const aReservation = (overrides: Partial<Reservation> = {}): Reservation => ({
  ...aDemand(),
  reservedAt: 0,
  ...overrides,
});

export const anInstance = (overrides: Partial<ContainerInstance> = {}): ContainerInstance => ({
  cluster: "default",
  id: instanceId(1),
  registered: { cpuUnits: 1024, memoryMiB: 1024, usedTcpPorts: [], usedUdpPorts: [] },
  attributes: [],
  versionInfo: {},
  tags: [],
  registeredAt: 0,
  ...overrides,
});

export const aLedger = (overrides: Partial<InstanceLedger> = {}): InstanceLedger => ({
  cluster: "default",
  id: instanceId(1),
  status: "ACTIVE",
  agentConnected: true,
  reservations: {},
  descriptionVersion: 1,
  ...overrides,
});

/** An instance and its ledger, under one id. */
export const aCandidate = (
  overrides: {
    readonly instance?: Partial<ContainerInstance>;
    readonly ledger?: Partial<InstanceLedger>;
  } = {},
): Candidate => {
  const instance = anInstance(overrides.instance);
  return { instance, ledger: aLedger({ id: instance.id, ...overrides.ledger }) };
};

export const aPlacementRequest = (overrides: Partial<PlacementRequest> = {}): PlacementRequest => {
  const group = overrides.group ?? "service:web";
  return {
    taskIds: [taskId(group, 1)],
    group,
    demand: aDemand(),
    requiresAttributes: [],
    constraints: [],
    strategy: [],
    seed: "seed",
    ...overrides,
  };
};

export const aContainerDefinition = (
  overrides: Partial<ContainerDefinition> = {},
): ContainerDefinition => ({
  name: "main",
  image: "busybox",
  cpu: 128,
  memory: 128,
  essential: true,
  portMappings: [],
  environment: [],
  mountPoints: [],
  volumesFrom: [],
  ...overrides,
});

export const aTaskDefinition = (overrides: Partial<TaskDefinition> = {}): TaskDefinition => ({
  family: "web",
  revision: 1,
  status: "ACTIVE",
  containerDefinitions: [aContainerDefinition()],
  volumes: [],
  placementConstraints: [],
  compatibilities: ["EXTERNAL", "EC2"],
  requiresAttributes: [],
  tags: [],
  registeredAt: 0,
  registeredBy: "arn:aws:iam::000000000000:root",
  ...overrides,
});

export const aTaskContainer = (overrides: Partial<TaskContainer> = {}): TaskContainer => ({
  name: "main",
  id: "00000000-0000-4000-8000-000000000001",
  lastStatus: "PENDING",
  ...overrides,
});

/** A PENDING task with one container, as RunTask leaves it. */
export const aTask = (overrides: Partial<Task> = {}): Task => {
  const group = overrides.group ?? "service:web";
  return {
    cluster: "default",
    id: taskId(group, 1),
    taskDefinition: "web:1",
    group,
    containerInstanceId: instanceId(1),
    launchType: "EC2",
    desiredStatus: "RUNNING",
    lastStatus: "PENDING",
    createdAt: 0,
    cpuUnits: 128,
    memoryMiB: 128,
    containers: [aTaskContainer()],
    history: [],
    ...overrides,
  };
};

export const aDeployment = (overrides: Partial<Deployment> = {}): Deployment => ({
  id: "ecs-svc/0000000000000000001",
  status: "PRIMARY",
  taskDefinition: "web:1",
  rolloutState: "COMPLETED",
  rolloutStateReason: "ECS deployment ecs-svc/0000000000000000001 completed.",
  createdAt: 0,
  updatedAt: 0,
  failedTasks: 0,
  ...overrides,
});

/** The record of `aDeployment`, under way. */
export const aServiceDeployment = (
  overrides: Partial<ServiceDeployment> = {},
): ServiceDeployment => ({
  id: "-----------------0001",
  status: "IN_PROGRESS",
  deploymentId: "ecs-svc/0000000000000000001",
  sourceDeploymentIds: [],
  createdAt: 0,
  updatedAt: 0,
  startedAt: 0,
  ...overrides,
});

/** An ACTIVE service with one deployment, completed, and nothing under way. */
export const aService = (overrides: Partial<Service> = {}): Service => ({
  cluster: "default",
  name: "web",
  status: "ACTIVE",
  desiredCount: 1,
  schedulingStrategy: "REPLICA",
  launchType: "EC2",
  taskDefinition: "web:1",
  deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
  placementConstraints: [],
  placementStrategy: [],
  deployments: [aDeployment()],
  serviceDeployments: [],
  plannedStarts: [],
  countedFailures: [],
  newEvents: [],
  lastTold: {},
  steady: false,
  enableECSManagedTags: false,
  propagateTags: "NONE",
  enableExecuteCommand: false,
  availabilityZoneRebalancing: "DISABLED",
  tags: [],
  createdAt: 0,
  createdBy: "arn:aws:iam::000000000000:root",
  requestHash: "",
  ...overrides,
});

/** Of two tasks, queued and not tried yet. */
export const aQueuedRun = (overrides: Partial<QueuedRun> = {}): QueuedRun => {
  const group = overrides.group ?? "family:web";
  const taskIds = overrides.taskIds ?? [taskId(group, 1), taskId(group, 2)];
  return {
    cluster: "default",
    id: "00000000000000000000000000000001",
    status: "WAITING",
    taskDefinition: "web:1",
    group,
    launchType: "EC2",
    cause: {
      kind: "api",
      operation: "RunTask",
      requestId: "r-1",
      principalArn: "arn:aws:iam::000000000000:root",
    },
    placementConstraints: [],
    placementStrategy: [],
    taskIds,
    unplacedTaskIds: taskIds,
    queuedAt: 0,
    deadline: 60_000,
    requestHash: "",
    ...overrides,
  };
};

/** The session of an agent that has never connected. */
export const aSession = (overrides: Partial<AgentSession> = {}): AgentSession => ({
  cluster: "default",
  containerInstanceId: instanceId(1),
  ...overrides,
});

/** One that went off. */
export const anOwnAlarm = (overrides: Partial<OwnAlarm> = {}): OwnAlarm => ({
  name: "errors",
  state: "ALARM",
  since: 0,
  periodSeconds: 60,
  evaluationPeriods: 1,
  setAt: 0,
  setBy: "arn:aws:iam::000000000000:root",
  ...overrides,
});

export const anApiToken = (overrides: Partial<ApiToken> = {}): ApiToken => ({
  id: "0123456789abcdef",
  principal: "ada",
  grant: { kind: "administrator" },
  createdAt: 0,
  createdBy: "arn:aws:iam::000000000000:root",
  validUntil: 4_000_000_000_000,
  secretHash: "0".repeat(64),
  ...overrides,
});

/** An administrator's key that lasts. */
export const anAccessKey = (overrides: Partial<AccessKey> = {}): AccessKey => ({
  id: "AKIAAAAAAAAAAAAAAAAA",
  principal: "ada",
  grant: { kind: "administrator" },
  status: "Active",
  createdAt: 0,
  createdBy: "arn:aws:iam::000000000000:root",
  sealedSecret: "c2VhbGVk",
  ...overrides,
});
