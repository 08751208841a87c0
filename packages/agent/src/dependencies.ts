import type { PayloadContainer } from "@berth/contracts/agent/messages";
import { containerOf, definitionOf } from "./state.ts";
import type { ContainerState, ManagedTask } from "./state.ts";

export const DEPENDENCY_CONDITIONS = ["CREATE", "START", "COMPLETE", "SUCCESS", "HEALTHY"] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export interface Dependency {
  readonly containerName: string;
  readonly condition: DependencyCondition;
}

/**
 * What a container waits for: its `dependsOn`, and what the engine itself needs, which is that a
 * linked container runs and that one whose volumes are used exists.
 */
export function dependenciesOf(container: PayloadContainer): readonly Dependency[] {
  return [
    ...(container.dependsOn ?? []).map(({ containerName, condition }) => ({
      containerName,
      condition: condition as DependencyCondition,
    })),
    ...(container.links ?? []).map((link) => ({
      containerName: link.split(":")[0] ?? link,
      condition: "START" as const,
    })),
    ...(container.volumesFrom ?? []).map(({ sourceContainer }) => ({
      containerName: sourceContainer,
      condition: "CREATE" as const,
    })),
  ];
}

/** Whether the dependencies among these containers can be met in some order. */
export function isOrderable(containers: readonly PayloadContainer[]): boolean {
  let waiting = containers;
  for (;;) {
    const names = new Set(waiting.map(({ name }) => name));
    const blocked = waiting.filter((container) =>
      dependenciesOf(container).some(({ containerName }) => names.has(containerName)),
    );
    if (blocked.length === 0) return true;
    if (blocked.length === waiting.length) return false;
    waiting = blocked;
  }
}

export type DependencyState =
  | { readonly kind: "met" }
  | { readonly kind: "waiting" }
  /** It can never be met: the dependent will not run. */
  | { readonly kind: "failed"; readonly reason: string };

/** How a container's dependencies stand, all of them taken together. */
export function dependencyState(task: ManagedTask, name: string, now: number): DependencyState {
  const container = definitionOf(task, name);
  const states = (container ? dependenciesOf(container) : []).map((dependency) =>
    stateOfOne(task, dependency, now),
  );
  return (
    states.find(({ kind }) => kind === "failed") ??
    states.find(({ kind }) => kind === "waiting") ?? { kind: "met" }
  );
}

/** Epoch ms at which a dependency on this container gives up, where it has a start timeout. */
export function startDeadline(task: ManagedTask, container: ContainerState): number | undefined {
  const seconds = definitionOf(task, container.name)?.startTimeout ?? 0;
  if (seconds <= 0 || container.startedAt === undefined) return undefined;
  return container.startedAt + seconds * 1_000;
}

/** Whether some container that still runs was started because this one did: it must stop first. */
export function hasRunningDependent(task: ManagedTask, name: string): boolean {
  return task.payload.containers.some(
    (dependent) =>
      dependenciesOf(dependent).some(({ containerName }) => containerName === name) &&
      isRunningOrStarting(containerOf(task, dependent.name)),
  );
}

const isRunningOrStarting = (container: ContainerState | undefined): boolean =>
  container?.phase === "RUNNING" || (container?.busy === "start" && container.phase !== "STOPPED");

function stateOfOne(task: ManagedTask, dependency: Dependency, now: number): DependencyState {
  const container = containerOf(task, dependency.containerName);
  if (!container) return failed(dependency, "it does not exist");
  if (isMet(container, dependency.condition)) return { kind: "met" };
  const obstacle = obstacleTo(container, dependency.condition);
  if (obstacle !== undefined) return failed(dependency, obstacle);
  const deadline = startDeadline(task, container);
  if (dependency.condition !== "START" && deadline !== undefined && now >= deadline) {
    return failed(dependency, "its start timeout is over");
  }
  return { kind: "waiting" };
}

const hasRun = (container: ContainerState): boolean => container.startedAt !== undefined;

const hasRunAndStopped = (container: ContainerState): boolean =>
  container.phase === "STOPPED" && hasRun(container);

function isMet(container: ContainerState, condition: DependencyCondition): boolean {
  switch (condition) {
    case "CREATE":
      return container.dockerId !== undefined;
    case "START":
      return container.phase === "RUNNING" || hasRunAndStopped(container);
    case "COMPLETE":
      return hasRunAndStopped(container);
    case "SUCCESS":
      return hasRunAndStopped(container) && container.exitCode === 0;
    case "HEALTHY":
      return container.phase === "RUNNING" && container.health?.status === "HEALTHY";
  }
}

/** Why an unmet condition will stay unmet: a stopped container never starts again. */
function obstacleTo(container: ContainerState, condition: DependencyCondition): string | undefined {
  if (container.phase !== "STOPPED") return undefined;
  if (!hasRun(container)) return "it never started";
  if (condition === "SUCCESS") return `it exited with ${container.exitCode ?? "an unknown code"}`;
  return "it stopped";
}

function failed({ containerName, condition }: Dependency, why: string): DependencyState {
  return {
    kind: "failed",
    reason: `TaskDependencyError: container ${containerName} cannot become ${condition}: ${why}`,
  };
}
