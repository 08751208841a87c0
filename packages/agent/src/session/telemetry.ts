import { randomUUID } from "node:crypto";
import type { PublishHealthRequest, PublishMetricsRequest } from "@berth/contracts/agent/messages";
import { definitionOf, type ManagedTask } from "../state.ts";

export interface TelemetrySource {
  readonly cluster: string;
  readonly containerInstanceArn: string;
}

/** More in one message the control plane does not take. */
const TASKS_PER_MESSAGE = 10;

/** What runs, and how often it was started again; without figures of its use. */
export function metricsRequests(
  source: TelemetrySource,
  tasks: readonly ManagedTask[],
  now: number,
): readonly PublishMetricsRequest[] {
  const running = tasks.filter(isRunning);
  const taskMetrics = running.map((task) => ({
    taskArn: task.arn,
    taskDefinitionFamily: task.payload.family,
    taskDefinitionVersion: task.payload.version,
    containerMetrics: restartMetrics(task),
  }));
  return inMessages(taskMetrics).map(({ items, fin }) => ({
    type: "PublishMetricsRequest",
    message: {
      metadata: { ...metadata(source, fin), idle: running.length === 0 },
      taskMetrics: items,
      timestamp: now / 1_000,
    },
  }));
}

/** Of containers that may be started again; of others there is nothing to count. */
const restartMetrics = (task: ManagedTask) =>
  task.containers
    .filter(({ phase, name }) => phase === "RUNNING" && restartPolicyOf(task, name)?.enabled)
    .map(({ name, restarts }) => ({
      containerName: name,
      restartStatsSet: { restartCount: restarts?.count ?? 0 },
    }));

const restartPolicyOf = (task: ManagedTask, name: string) =>
  definitionOf(task, name)?.restartPolicy;

/** The health of every running container that has a check; no message where none has. */
export function healthRequests(
  source: TelemetrySource,
  tasks: readonly ManagedTask[],
  now: number,
): readonly PublishHealthRequest[] {
  const checked = tasks
    .map((task) => taskHealth(task, source))
    .filter((each) => each.containers.length > 0);
  if (checked.length === 0) return [];
  return inMessages(checked).map(({ items, fin }) => ({
    type: "PublishHealthRequest",
    message: { metadata: metadata(source, fin), tasks: items, timestamp: now / 1_000 },
  }));
}

type TaskHealth = PublishHealthRequest["message"]["tasks"][number];

function taskHealth(task: ManagedTask, { cluster }: TelemetrySource): TaskHealth {
  return {
    taskArn: task.arn,
    clusterArn: task.payload.taskClusterArn ?? cluster,
    taskDefinitionFamily: task.payload.family,
    taskDefinitionVersion: task.payload.version,
    containers: task.containers
      .filter(({ phase, name }) => phase === "RUNNING" && definitionOf(task, name)?.healthCheckType)
      .map(({ name, health, startedAt = 0 }) => ({
        containerName: name,
        healthStatus: health?.status ?? "UNKNOWN",
        statusSince: (health?.since ?? startedAt) / 1_000,
      })),
  };
}

const isRunning = ({ containers }: ManagedTask): boolean =>
  containers.some(({ phase }) => phase === "RUNNING");

const metadata = ({ cluster, containerInstanceArn }: TelemetrySource, fin: boolean) => ({
  cluster,
  containerInstance: containerInstanceArn,
  messageId: randomUUID(),
  fin,
});

/** In portions, the last of which is marked; one empty portion where there is nothing. */
function inMessages<T>(
  items: readonly T[],
): readonly { readonly items: readonly T[]; readonly fin: boolean }[] {
  const count = Math.max(1, Math.ceil(items.length / TASKS_PER_MESSAGE));
  return Array.from({ length: count }, (_, index) => ({
    items: items.slice(index * TASKS_PER_MESSAGE, (index + 1) * TASKS_PER_MESSAGE),
    fin: index === count - 1,
  }));
}
