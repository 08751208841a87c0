import { defined } from "@berth/domain/defined";
import { CONTAINER_PHASES, isAtLeast, type ContainerPhase, type ManagedTask } from "../state.ts";
import { isoTime, nonEmpty } from "./container-metadata.ts";
import type { MetadataVersion } from "./route.ts";

/** What all tasks of an instance have in common. */
export interface TaskSurroundings {
  /** As configured. */
  readonly cluster: string;
  readonly availabilityZone?: string;
}

/** A task as its metadata endpoint tells of it. Members and spelling are the ECS agent's. */
export function taskMetadata(
  task: ManagedTask,
  containers: readonly object[],
  { cluster, availabilityZone, version }: TaskSurroundings & { readonly version: MetadataVersion },
): object {
  const { payload } = task;
  return {
    Cluster: cluster,
    TaskARN: task.arn,
    Family: payload.family,
    Revision: payload.version,
    DesiredStatus: task.desiredStatus,
    KnownStatus: knownStatus(task),
    ...defined({
      Limits: limitsOf(task),
      PullStartedAt: isoTime(task.pullStartedAt),
      PullStoppedAt: isoTime(task.pullStoppedAt),
      ExecutionStoppedAt: isoTime(task.stoppedAt),
      AvailabilityZone: availabilityZone,
      LaunchType: payload.launchType,
      Containers: nonEmpty(containers),
      ...(version === 4 && { ServiceName: payload.serviceName, FaultInjectionEnabled: false }),
    }),
  };
}

/** A task has come as far as the last of its containers. */
export function knownStatus({ containers }: ManagedTask): ContainerPhase {
  return (
    CONTAINER_PHASES.findLast((phase) =>
      containers.every((each) => isAtLeast(each.phase, phase)),
    ) ?? "NONE"
  );
}

function limitsOf({ payload: { cpu, memory } }: ManagedTask): object | undefined {
  return cpu || memory
    ? defined({ CPU: cpu || undefined, Memory: memory || undefined })
    : undefined;
}
