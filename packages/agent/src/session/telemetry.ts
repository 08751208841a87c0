import { randomUUID } from "node:crypto";
import type { ContainerMetric, TaskMetric } from "@berth/contracts/agent/container-metrics";
import type { PublishHealthRequest, PublishMetricsRequest } from "@berth/contracts/agent/messages";
import { isInternal } from "../pause.ts";
import { definitionOf, type ManagedTask } from "../state.ts";
import type { Usage } from "../usage/container-usage.ts";

export interface TelemetrySource {
  readonly cluster: string;
  readonly containerInstanceArn: string;
}

/** More in one message the control plane does not take. */
const TASKS_PER_MESSAGE = 10;

/** API Gateway takes no frame above 32 KB, and each has headers before its JSON. */
const BYTES_PER_MESSAGE = 28 * 1_024;

/** What the container has used since it was last asked for, by the engine's id. */
export type TakeUsage = (dockerId: string) => Usage | undefined;

/** What runs, what it has used, and how often it was started again. */
export function metricsRequests(
  source: TelemetrySource,
  tasks: readonly ManagedTask[],
  take: TakeUsage,
  now: number,
): readonly PublishMetricsRequest[] {
  const running = tasks.filter(isRunning);
  const taskMetrics = running.map((task): TaskMetric => ({
    taskArn: task.arn,
    taskDefinitionFamily: task.payload.family,
    taskDefinitionVersion: task.payload.version,
    containerMetrics: containerMetrics(task, take),
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

const containerMetrics = (task: ManagedTask, take: TakeUsage): ContainerMetric[] =>
  task.containers
    .filter(({ phase, name }) => phase === "RUNNING" && !isInternal(name))
    .flatMap((container) => {
      const { name, dockerId } = container;
      const usage = dockerId === undefined ? undefined : take(dockerId);
      return usage ? [{ containerName: name, ...usage, ...restartMetric(task, container) }] : [];
    });

/** Of a container that may be started again; of others there is nothing to count. */
const restartMetric = (task: ManagedTask, { name, restarts }: ManagedTask["containers"][number]) =>
  definitionOf(task, name)?.restartPolicy?.enabled === true
    ? { restartStatsSet: { restartCount: restarts?.count ?? 0 } }
    : undefined;

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
  const portions: T[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item));
    const isFull =
      (portions.at(-1)?.length ?? 0) === TASKS_PER_MESSAGE || bytes + size > BYTES_PER_MESSAGE;
    if (isFull && bytes > 0) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)?.push(item);
    bytes += size;
  }
  return portions.map((portion, index) => ({
    items: portion,
    fin: index === portions.length - 1,
  }));
}
