import type { AwsvpcConfiguration } from "@berth/domain/awsvpc";
import { defined } from "@berth/domain/defined";
import { countGpus, taskDemand } from "@berth/domain/resources";
import type { Tag } from "@berth/domain/tag";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { TaskPlacement } from "@berth/domain/task-placement";
import { taskDefinitionName } from "@berth/domain/task-definition";
import { overridden } from "@berth/domain/task-definition/overridden";
import type { Cause, Task, TaskContainer, TaskOverrides } from "@berth/domain/task";
import { taskRoles } from "@berth/domain/task-roles";
import type { ControlPlane } from "../context.ts";
import { randomUuid } from "../random-ids.ts";

/** What a task is started with, beside its definition and its place. */
export interface Launch {
  readonly cluster: string;
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly launchType: Task["launchType"];
  readonly capacityProviderName?: string;
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
  readonly cause: Cause;
  readonly startedBy?: string;
  readonly overrides?: TaskOverrides;
  readonly enableExecuteCommand?: boolean;
  readonly referenceId?: string;
  readonly tags?: readonly Tag[];
  readonly requestHash?: string;
  /** Of the images that its containers are to run, by container; of any other the tag decides. */
  readonly imageDigests?: ReadonlyMap<string, string>;
}

export interface TaskPlace {
  readonly taskId: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  /** GPUs that are reserved for it there. */
  readonly gpuIds?: readonly string[];
  /** Why there. Absent where an earlier try had reserved the place. */
  readonly placement?: TaskPlacement;
}

/**
 * A PENDING task: its agent is told at once. It has no mark of its own: should that message be lost,
 * its service's mark or the next heartbeat of its instance has the agent told again.
 */
export function newTask(
  controlPlane: Pick<ControlPlane, "now" | "randomHex">,
  launch: Launch,
  { taskId, gpuIds, ...place }: TaskPlace,
): Task {
  const { definition, cause, tags, enableExecuteCommand, imageDigests, ...rest } = launch;
  const { networkConfiguration, ...kept } = rest;
  const asLaunched = overridden(definition, launch.overrides);
  const { cpuUnits, memoryMiB } = taskDemand(asLaunched);
  const now = controlPlane.now();
  return {
    ...kept,
    ...place,
    id: taskId,
    taskDefinition: taskDefinitionName(definition),
    desiredStatus: "RUNNING",
    lastStatus: "PENDING",
    createdAt: now,
    cpuUnits,
    memoryMiB,
    containers: newContainers(controlPlane, asLaunched, { gpuIds, imageDigests }),
    history: [{ at: now, to: "PENDING", cause }],
    // What is off or empty is left out: the item is billed by its size.
    ...(enableExecuteCommand && { enableExecuteCommand }),
    ...(tags && tags.length > 0 && { tags }),
    ...credentialsIds(controlPlane, launch),
    ...attachmentIn(networkConfiguration, controlPlane),
  };
}

/** Of which zone a subnet is nobody here knows: the first is as good as another. */
function attachmentIn(
  network: AwsvpcConfiguration | undefined,
  controlPlane: Pick<ControlPlane, "randomHex">,
): Pick<Task, "attachment"> {
  const [subnetId] = network?.subnets ?? [];
  return subnetId === undefined ? {} : { attachment: { id: randomUuid(controlPlane), subnetId } };
}

/** One for each role that it has. */
function credentialsIds(
  controlPlane: Pick<ControlPlane, "randomHex">,
  { definition, overrides }: Launch,
): Pick<Task, "credentialsIds"> {
  const { task, execution } = taskRoles(overridden(definition, overrides));
  if (task === undefined && execution === undefined) return {};
  const newId = (role: string | undefined) => role && randomUuid(controlPlane);
  return { credentialsIds: defined({ task: newId(task), execution: newId(execution) }) };
}

interface ContainerFacts {
  readonly gpuIds?: readonly string[] | undefined;
  readonly imageDigests?: Launch["imageDigests"];
}

/** No GPU is shared: each container has its own, in the order of the definition. */
function newContainers(
  controlPlane: Pick<ControlPlane, "randomHex">,
  { containerDefinitions }: TaskDefinition,
  { gpuIds = [], imageDigests }: ContainerFacts,
): readonly TaskContainer[] {
  let given = 0;
  return containerDefinitions.map((container) => {
    const own = gpuIds.slice(given, given + countGpus(container));
    given += own.length;
    const imageDigest = imageDigests?.get(container.name);
    return {
      name: container.name,
      id: randomUuid(controlPlane),
      lastStatus: "PENDING",
      ...(own.length > 0 && { gpuIds: own }),
      ...(imageDigest !== undefined && { imageDigest }),
    };
  });
}
