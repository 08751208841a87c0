import type { Deployment, PlacementFailure, PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { ControlPlane } from "../context.ts";
import { attributesForLaunch } from "../placement/launch-attributes.ts";
import { newTask } from "../placement/new-task.ts";
import { placeTasks } from "../placement/place-tasks.ts";
import { serviceLaunch } from "../placement/service-launch.ts";
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
  {
    definitions,
    tasks,
    startBefore,
  }: {
    readonly definitions: ReadonlyMap<string, TaskDefinition>;
    /** All of the service that are not archived. */
    readonly tasks: readonly Task[];
    /** Epoch ms. */
    readonly startBefore: number;
  },
): Promise<Readonly<Record<string, readonly PlacementFailure[]>>> {
  const unplaced = await Promise.all(
    service.deployments.map(async (deployment) => {
      const taskIds = starts
        .filter((start) => start.deploymentId === deployment.id)
        .map((start) => start.taskId);
      const definition = definitions.get(deployment.taskDefinition);
      if (!definition || taskIds.length === 0) return [];
      const what = { service, deployment, definition, taskIds, tasks, startBefore };
      return startForDeployment(controlPlane, what);
    }),
  );
  return Object.fromEntries(unplaced.flat().map(({ taskId, failures }) => [taskId, failures]));
}

interface DeploymentStarts {
  readonly service: Service;
  readonly deployment: Deployment;
  readonly definition: TaskDefinition;
  readonly taskIds: readonly string[];
  readonly tasks: readonly Task[];
  readonly startBefore: number;
}

async function startForDeployment(controlPlane: ControlPlane, starts: DeploymentStarts) {
  const { service, deployment, definition, taskIds, tasks, startBefore } = starts;
  const launch = serviceLaunch(service, deployment, definition);
  const { unplaced } = await placeTasks(controlPlane, {
    cluster: service.cluster,
    definition,
    group: launch.group,
    taskIds,
    groupTasks: tasks,
    startBefore,
    constraints: service.placementConstraints,
    strategy: strategyOf(service),
    requiresAttributes: attributesForLaunch(launch.launchType),
    newTask: (taskId, containerInstanceId, availabilityZone) =>
      newTask(controlPlane, launch, {
        taskId,
        containerInstanceId,
        ...(availabilityZone !== undefined && { availabilityZone }),
      }),
  });
  return unplaced;
}
