import type { Deployment, PlacementFailure, PlannedStart, Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { Tag } from "@berth/domain/tag";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { ControlPlane } from "../context.ts";
import { newTask } from "../placement/new-task.ts";
import { placeTasks } from "../placement/place-tasks.ts";
import { strategyOf } from "../placement/service-strategy.ts";

/**
 * Carries out planned starts: places them and writes their tasks. Their ids were committed before,
 * so doing this twice starts nothing twice.
 *
 * @returns why not, for those that no instance took.
 */
export async function startPlanned(
  controlPlane: ControlPlane,
  service: Service,
  starts: readonly PlannedStart[],
  definitions: ReadonlyMap<string, TaskDefinition>,
): Promise<Readonly<Record<string, readonly PlacementFailure[]>>> {
  const unplaced = await Promise.all(
    service.deployments.map(async (deployment) => {
      const taskIds = starts
        .filter((start) => start.deploymentId === deployment.id)
        .map((start) => start.taskId);
      const definition = definitions.get(deployment.taskDefinition);
      if (!definition || taskIds.length === 0) return [];
      return startForDeployment(controlPlane, { service, deployment, definition, taskIds });
    }),
  );
  return Object.fromEntries(unplaced.flat().map(({ taskId, failures }) => [taskId, failures]));
}

interface DeploymentStarts {
  readonly service: Service;
  readonly deployment: Deployment;
  readonly definition: TaskDefinition;
  readonly taskIds: readonly string[];
}

async function startForDeployment(controlPlane: ControlPlane, starts: DeploymentStarts) {
  const { service, deployment, definition, taskIds } = starts;
  const group = serviceGroup(service.name);
  const launch = {
    cluster: service.cluster,
    definition,
    group,
    launchType: service.launchType ?? "EC2",
    startedBy: deployment.id,
    cause: { kind: "deployment", id: deployment.id },
    enableExecuteCommand: service.enableExecuteCommand,
    tags: propagatedTags(service, definition),
  } as const;
  const { unplaced } = await placeTasks(controlPlane, {
    cluster: service.cluster,
    definition,
    group,
    taskIds,
    constraints: service.placementConstraints,
    strategy: strategyOf(service),
    newTask: (taskId, containerInstanceId, availabilityZone) =>
      newTask(controlPlane, launch, {
        taskId,
        containerInstanceId,
        ...(availabilityZone !== undefined && { availabilityZone }),
      }),
  });
  return unplaced;
}

function propagatedTags(service: Service, definition: TaskDefinition): readonly Tag[] {
  switch (service.propagateTags) {
    case "SERVICE":
      return service.tags;
    case "TASK_DEFINITION":
      return definition.tags;
    case "NONE":
      return [];
  }
}
