import type { PayloadTask } from "@berth/contracts/agent/messages";
import { defined } from "@berth/domain/defined";
import { payloadDemand } from "./demand.ts";
import type { KnownBefore, Observation } from "./event.ts";
import { restartedAfter, strayed, withExit } from "./exit.ts";
import { isAtLeast, newTask } from "./state.ts";
import type { AgentState, ContainerState, ManagedTask, ObservedContainer } from "./state.ts";

/** What is known now, to be kept while the engine is asked. */
export function knownBefore({ tasks }: AgentState): KnownBefore {
  const containers = [...tasks.values()].flatMap((task) => task.containers);
  return {
    taskArns: new Set(tasks.keys()),
    dockerIds: new Set(containers.flatMap(({ dockerId }) => dockerId ?? [])),
    over: new Set(
      [...tasks.values()].flatMap((task) =>
        task.containers.flatMap(({ name, phase }) =>
          phase === "STOPPED" ? [keyOf(task.arn, name)] : [],
        ),
      ),
    ),
  };
}

const keyOf = (taskArn: string, name: string): string => `${taskArn} ${name}`;

/**
 * Brings what is believed in line with what the engine shows: at start and whenever events may have
 * been missed. Containers of tasks that nothing is known about are this instance's own but lost
 * their record: they are stopped and reported.
 */
export function applyObserved(
  state: AgentState,
  { containers, before }: Observation,
  now: number,
): AgentState {
  const byTask = Map.groupBy(containers, ({ taskArn }) => taskArn);
  const known = [...state.tasks].map(
    ([arn, task]) => [arn, observeTask(task, byTask.get(arn) ?? [], { before, now })] as const,
  );
  const orphaned = [...byTask]
    // One that was known then and is not any more was cleaned up meanwhile.
    .filter(([arn]) => !state.tasks.has(arn) && !before.taskArns.has(arn))
    .map(([arn, observed]) => [arn, observeOrphan(arn, observed, { before, now })] as const);
  return { ...state, tasks: new Map([...known, ...orphaned]) };
}

interface ObservationTime {
  readonly before: KnownBefore;
  readonly now: number;
}

const observeOrphan = (
  arn: string,
  observed: readonly ObservedContainer[],
  time: ObservationTime,
) => observeTask(orphanTask(arn, observed), observed, time);

function observeTask(
  task: ManagedTask,
  observed: readonly ObservedContainer[],
  { before, now }: ObservationTime,
): ManagedTask {
  const containers = task.containers.map((container) => {
    const seen = observed.find(({ name }) => name === container.name);
    const wasOver = before.over.has(keyOf(task.arn, container.name));
    if (seen) return observeContainer(task, container, { seen, wasOver });
    return before.dockerIds.has(container.dockerId ?? "")
      ? observeAbsence(container, now)
      : container;
  });
  const holds = containers.some(({ dockerId }) => dockerId !== undefined);
  return { ...task, containers, admitted: task.admitted || holds };
}

function observeContainer(
  task: ManagedTask,
  container: ContainerState,
  { seen, wasOver }: { readonly seen: ObservedContainer; readonly wasOver: boolean },
): ContainerState {
  if (container.phase === "STOPPED") {
    // What ended while the engine was asked may be shown as it was before.
    return seen.phase === "RUNNING" && !wasOver ? container : observeStopped(container, seen);
  }
  const { taskArn: _taskArn, family: _family, version: _version, phase, ...facts } = seen;
  // What is being done to it will say where it stands.
  if (container.busy === "create") return container;
  if (phase === "STOPPED") return observeEnd(task, container, seen);
  if (container.busy === "start") return container;
  return {
    ...(phase === "RUNNING" ? restartedAfter(container) : container),
    ...facts,
    phase: isAtLeast(container.phase, phase) ? container.phase : phase,
  };
}

function observeStopped(container: ContainerState, seen: ObservedContainer): ContainerState {
  if (seen.phase === "RUNNING") return strayed(container, seen.dockerId);
  const { stray: _stray, ...rest } = container;
  return { ...rest, dockerId: seen.dockerId };
}

/** The engine forgets nothing of a container that ended: when it ran is known from it at the latest. */
function observeEnd(
  task: ManagedTask,
  container: ContainerState,
  seen: ObservedContainer,
): ContainerState {
  const { dockerId, startedAt, finishedAt = 0, exitCode, reason } = seen;
  const known = { ...container, ...defined({ dockerId, startedAt }) };
  return withExit(task, known, { dockerId, finishedAt, ...defined({ exitCode, reason }) });
}

/** A container that was there and is not any more was removed by somebody else. */
function observeAbsence(container: ContainerState, now: number): ContainerState {
  const wasThere = container.phase === "CREATED" || container.phase === "RUNNING";
  if (!wasThere || container.busy === "start") return container;
  return {
    ...container,
    phase: "STOPPED",
    finishedAt: now,
    reason: "CannotInspectContainerError: the container does not exist any more",
  };
}

function orphanTask(arn: string, observed: readonly ObservedContainer[]): ManagedTask {
  const [first] = observed;
  const payload: PayloadTask = {
    arn,
    desiredStatus: "STOPPED",
    family: first?.family ?? "",
    version: first?.version ?? "",
    containers: observed.map(({ name }) => ({ name, image: "", essential: true })),
    volumes: [],
  };
  const task = newTask(payload, payloadDemand(payload));
  return { ...task, recorded: true, reported: { ...task.reported, status: "RUNNING" } };
}
