import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import {
  clusterArn,
  containerArn,
  containerInstanceArn,
  taskArn,
  taskDefinitionArn,
  type Scope,
} from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { AgentSession } from "@berth/domain/session";
import type { ContainerDefinition, TaskDefinition } from "@berth/domain/task-definition";
import type { ContainerOverride, NetworkBinding, Task, TaskContainer } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { dateOf } from "./date-of.ts";
import { presentAttachments, presentInterfaces } from "./network.ts";
import { taskHealthStatus } from "./task-health-status.ts";

export type TaskDescription = NonNullable<EcsResponse<"DescribeTasks">["tasks"]>[number];
type ContainerDescription = NonNullable<TaskDescription["containers"]>[number];
type OverrideDescription = NonNullable<TaskDescription["overrides"]>;

/** What the description of a task draws on beside the task itself. */
export interface TaskSources {
  /** Absent where it is forgotten: images and sizes are then left out. */
  readonly definition: TaskDefinition | undefined;
  /** The link of its agent; left out where nobody asked for it. */
  readonly session?: AgentSession | undefined;
  readonly includeTags: boolean;
}

/** A task as the ECS API shows it. Source: ECS API reference, Task. */
export function presentTask(
  scope: Scope,
  task: Stored<Task>,
  sources: TaskSources,
): TaskDescription {
  return {
    ...names(scope, task),
    ...moments(task),
    ...presentLink(sources.session),
    attachments: presentAttachments(task),
    attributes: [{ name: "ecs.cpu-architecture", value: architectureOf(sources.definition) }],
    containers: task.containers.map((container) =>
      presentContainer(scope, task, { container, definition: sources.definition }),
    ),
    cpu: String(task.cpuUnits),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand ?? false,
    healthStatus: taskHealthStatus(task, sources.definition),
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    ...defined({ capacityProviderName: task.capacityProviderName }),
    memory: String(task.memoryMiB),
    overrides: presentOverrides(task),
    tags: sources.includeTags ? [...(task.tags ?? [])] : [],
    version: task.version,
    ...defined({ stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
  };
}

const names = (scope: Scope, task: Task): TaskDescription => ({
  taskArn: taskArn(scope, task.cluster, task.id),
  clusterArn: clusterArn(scope, task.cluster),
  containerInstanceArn: containerInstanceArn(scope, task.cluster, task.containerInstanceId),
  taskDefinitionArn: taskDefinitionArn(scope, task.taskDefinition),
  group: task.group,
  ...defined({ startedBy: task.startedBy, availabilityZone: task.availabilityZone }),
});

const moments = (task: Task): TaskDescription =>
  defined({
    createdAt: dateOf(task.createdAt),
    pullStartedAt: dateOf(task.pullStartedAt),
    pullStoppedAt: dateOf(task.pullStoppedAt),
    startedAt: dateOf(task.startedAt),
    stoppingAt: dateOf(task.stoppingAt),
    executionStoppedAt: dateOf(task.executionStoppedAt),
    stoppedAt: dateOf(task.stoppedAt),
  });

function presentLink(session: AgentSession | undefined): TaskDescription {
  if (!session) return {};
  return {
    connectivity: session.connectionId === undefined ? "DISCONNECTED" : "CONNECTED",
    ...defined({ connectivityAt: dateOf(session.connectedAt) }),
  };
}

const architectureOf = (definition: TaskDefinition | undefined): string =>
  definition?.runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : "x86_64";

interface ContainerSources {
  readonly container: TaskContainer;
  readonly definition: TaskDefinition | undefined;
}

function presentContainer(
  scope: Scope,
  task: Task,
  { container, definition }: ContainerSources,
): ContainerDescription {
  return {
    containerArn: containerArn(scope, task.cluster, task.id, container.id),
    taskArn: taskArn(scope, task.cluster, task.id),
    name: container.name,
    lastStatus: container.lastStatus,
    networkBindings: (container.networkBindings ?? []).map(presentBinding),
    networkInterfaces: presentInterfaces(task),
    ...(container.gpuIds && { gpuIds: [...container.gpuIds] }),
    healthStatus: container.healthStatus ?? "UNKNOWN",
    ...defined({
      imageDigest: container.imageDigest,
      runtimeId: container.runtimeId,
      exitCode: container.exitCode,
      reason: container.reason,
    }),
    ...presentSizes(
      definition?.containerDefinitions.find(({ name }) => name === container.name),
      task.overrides?.containerOverrides?.find(({ name }) => name === container.name),
    ),
  };
}

const presentBinding = (binding: NetworkBinding) => ({ ...binding });

function presentSizes(
  definition: ContainerDefinition | undefined,
  override: Pick<ContainerDefinition, "memory" | "memoryReservation"> & {
    readonly cpu?: number;
  } = {},
): ContainerDescription {
  if (!definition) return {};
  const memory = override.memory ?? definition.memory;
  const memoryReservation = override.memoryReservation ?? definition.memoryReservation;
  return {
    image: definition.image,
    cpu: String(override.cpu ?? definition.cpu),
    ...(memory !== undefined && { memory: String(memory) }),
    ...(memoryReservation !== undefined && { memoryReservation: String(memoryReservation) }),
  };
}

/** ECS prints an entry for every container, whether it overrides anything or not. */
function presentOverrides({ overrides = {}, containers }: Task): OverrideDescription {
  const { cpu, memory, taskRoleArn, executionRoleArn } = overrides;
  const given = new Map(overrides.containerOverrides?.map((each) => [each.name, each]));
  return {
    ...defined({ cpu, memory, taskRoleArn, executionRoleArn }),
    containerOverrides: containers.map(({ name }) =>
      presentContainerOverride(given.get(name) ?? { name }),
    ),
    inferenceAcceleratorOverrides: [],
  };
}

const presentContainerOverride = ({
  name,
  command,
  environment,
  cpu,
  memory,
  memoryReservation,
  resourceRequirements,
  environmentFiles,
}: ContainerOverride): NonNullable<OverrideDescription["containerOverrides"]>[number] => ({
  name,
  ...defined({ cpu, memory, memoryReservation }),
  ...(command && { command: [...command] }),
  ...(environment && { environment: environment.map((variable) => ({ ...variable })) }),
  ...(resourceRequirements && {
    resourceRequirements: resourceRequirements.map((each) => ({ ...each })),
  }),
  ...(environmentFiles && { environmentFiles: environmentFiles.map((each) => ({ ...each })) }),
});
