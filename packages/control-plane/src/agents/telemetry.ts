import type { PublishHealthRequest } from "@berth/contracts/agent/messages";
import { parseArn } from "@berth/domain/arn";
import type { AgentConnection } from "@berth/domain/session";
import type { Task } from "@berth/domain/task";
import { serviceNameOf } from "@berth/domain/task";
import type { HealthStatus } from "@berth/domain/task-status";
import type { ControlPlane } from "../context.ts";
import { persist } from "../reconcile/persist.ts";

/** A frame as it came: whatever the agent put into it. */
export interface AgentFrame {
  readonly type: string;
  readonly message: unknown;
}

/** Control plane to agent, on the TCS socket. */
export interface TelemetryAck {
  readonly type: "AckPublishHealth" | "AckPublishMetric" | "AckPublishInstanceStatus";
  readonly message: { readonly message: string };
}

const ACKS: ReadonlyMap<string, TelemetryAck["type"]> = new Map([
  ["PublishHealthRequest", "AckPublishHealth"],
  ["PublishMetricsRequest", "AckPublishMetric"],
  ["PublishInstanceStatusRequest", "AckPublishInstanceStatus"],
]);

export function acknowledge(frame: AgentFrame): TelemetryAck | undefined {
  const type = ACKS.get(frame.type);
  return type && { type, message: { message: "ok" } };
}

/** Moves the containers' health where it changed and wakes the services concerned. */
export async function recordHealth(
  controlPlane: ControlPlane,
  connection: AgentConnection,
  frame: AgentFrame,
): Promise<void> {
  const { tasks = [] } = frame.message as Partial<PublishHealthRequest["message"]>;
  await Promise.all(
    tasks.map(({ taskArn, containers }) => {
      const health = new Map(containers.map((each) => [each.containerName, each.healthStatus]));
      const taskId = parseArn(taskArn)?.path.at(-1) ?? "";
      return recordTaskHealth(controlPlane, connection, taskId, health);
    }),
  );
}

async function recordTaskHealth(
  controlPlane: ControlPlane,
  { cluster, containerInstanceId }: AgentConnection,
  taskId: string,
  health: ReadonlyMap<string, HealthStatus>,
): Promise<void> {
  const { tasks } = controlPlane.store;
  const done = await persist<Task>(
    async () => tasks.find(cluster, taskId),
    (task) => {
      const isItsOwn = task.containerInstanceId === containerInstanceId;
      if (!isItsOwn || task.lastStatus === "STOPPED") return undefined;
      const containers = task.containers.map((container) => {
        const healthStatus = health.get(container.name);
        return healthStatus === undefined || healthStatus === (container.healthStatus ?? "UNKNOWN")
          ? container
          : { ...container, healthStatus };
      });
      const changed = containers.some((container, index) => container !== task.containers[index]);
      return changed ? { ...task, containers } : undefined;
    },
    (task) => tasks.replace(task),
  );
  const service = done?.written ? serviceNameOf(done.item) : undefined;
  if (service !== undefined) await controlPlane.relay.wake({ kind: "service", cluster, service });
}
