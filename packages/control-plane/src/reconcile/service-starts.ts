import type { PlacementFailure, PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { PlacementConstraint, TaskDefinition } from "@berth/domain/task-definition";
import { taskSourcesOf, type TaskSource } from "@berth/domain/task-source";
import { strategyOf } from "@berth/planner/service/strategy-of";
import type { ControlPlane } from "../context.ts";
import { attributesForLaunch } from "../placement/launch-attributes.ts";
import type { PlacementOutcome } from "../placement/commit-placements.ts";
import { newTask, type TaskPlace } from "../placement/new-task.ts";
import { pinnedDigests } from "../placement/pinned-digests.ts";
import { placeTasks, startTasksOn } from "../placement/place-tasks.ts";
import { launchedBy, type ProviderBatch, requirementOf } from "../placement/provider-batches.ts";
import { serviceLaunch } from "../placement/service-launch.ts";
import { batchesOfStarts } from "../placement/service-request.ts";

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
    taskSourcesOf(service).map(async (source) => {
      const own = starts.filter((start) => start.deploymentId === source.id);
      const definition = definitions.get(source.taskDefinition);
      if (!definition || own.length === 0) return [];
      const what = { service, source, definition, starts: own, tasks, startBefore };
      return startForSource(controlPlane, what);
    }),
  );
  return Object.fromEntries(unplaced.flat().map(({ taskId, failures }) => [taskId, failures]));
}

interface SourceStarts {
  readonly service: Service;
  readonly source: TaskSource;
  readonly definition: TaskDefinition;
  readonly starts: readonly PlannedStart[];
  readonly tasks: readonly Task[];
  readonly startBefore: number;
}

async function startForSource(
  controlPlane: ControlPlane,
  starts: SourceStarts,
): Promise<PlacementOutcome["unplaced"]> {
  const { service, source, tasks } = starts;
  const tagged = await withTagsOfNow(controlPlane, starts);
  const common = (batch: ProviderBatch) => commonRequest(controlPlane, tagged, batch);
  const places = starts.starts.flatMap(({ taskId, containerInstanceId }) =>
    containerInstanceId === undefined ? [] : { taskId, containerInstanceId },
  );
  const free = starts.starts.filter((start) => start.containerInstanceId === undefined);
  const byZone = Map.groupBy(free, (start) => start.availabilityZone);
  const outcomes = await Promise.all([
    ...(places.length > 0
      ? [startTasksOn(controlPlane, { ...common(NO_PROVIDER), places, placement: DAEMON })]
      : []),
    ...[...byZone].flatMap(([zone, inZone]) =>
      batchesOfStarts(inZone, source).map((batch) =>
        placeTasks(controlPlane, {
          ...common(batch),
          taskIds: batch.taskIds,
          groupTasks: tasks,
          constraints: [...service.placementConstraints, ...onlyIn(zone)],
          strategy: strategyOf(service),
        }),
      ),
    ),
  ]);
  return outcomes.flatMap(({ unplaced }) => unplaced);
}

/** What is remembered of a definition never changes but for its tags, which new tasks may get. */
async function withTagsOfNow({ store }: ControlPlane, starts: SourceStarts): Promise<SourceStarts> {
  if (starts.service.propagateTags !== "TASK_DEFINITION") return starts;
  const { family, revision } = starts.definition;
  const now = await store.taskDefinitions.find(family, revision);
  return now ? { ...starts, definition: now } : starts;
}

/** A DAEMON service has no strategy. */
const NO_PROVIDER: ProviderBatch = { taskIds: [] };
const DAEMON = { kind: "daemon" } as const;

function commonRequest(controlPlane: ControlPlane, starts: SourceStarts, batch: ProviderBatch) {
  const { service, source, definition, tasks, startBefore } = starts;
  const imageDigests = pinnedDigests(definition, source.id, tasks);
  const own = { ...serviceLaunch(service, source, definition), imageDigests };
  const launch = { ...own, ...launchedBy(batch) };
  return {
    cluster: service.cluster,
    definition,
    group: launch.group,
    startBefore,
    ...requirementOf(batch),
    requiresAttributes: attributesForLaunch(launch.launchType),
    newTask: (place: TaskPlace) => newTask(controlPlane, launch, place),
  };
}

const onlyIn = (zone: string | undefined): readonly PlacementConstraint[] =>
  zone === undefined
    ? []
    : [{ type: "memberOf", expression: `attribute:ecs.availability-zone == '${zone}'` }];
