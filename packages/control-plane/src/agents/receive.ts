import type { TaskIdentifier, TaskStopVerificationAck } from "@berth/contracts/agent/messages";
import type { AgentConnection, AgentSession } from "@berth/domain/session";
import { parseArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { isStillLetIn } from "./agent-access.ts";
import { disconnectAgent, hangUp, openSession } from "./connections.ts";
import { recordInstanceStatus } from "./instance-status.ts";
import { acknowledge, recordHealth } from "./telemetry.ts";
import type { AgentFrame, TelemetryAck } from "./telemetry.ts";
import { recordUsage } from "./usage.ts";

/**
 * Takes one frame from an agent.
 *
 * @returns what is to be answered on the same connection, if anything. Frames of unknown type are
 * dropped, as the protocol asks.
 */
export async function receiveFromAgent(
  controlPlane: ControlPlane,
  connectionId: string,
  frame: AgentFrame,
): Promise<TaskStopVerificationAck | TelemetryAck | undefined> {
  const connection = await controlPlane.store.sessions.findConnection(connectionId);
  if (!connection) return undefined;
  // Who sends telemetry may not also be told what to run: to open this socket takes less.
  if (connection.kind === "tcs") {
    await recordTelemetry(controlPlane, connection, frame);
    return acknowledge(frame);
  }
  if (!(await isStillLetIn(controlPlane, connection))) {
    await disconnectAgent(controlPlane, connectionId);
    await hangUp(controlPlane, connectionId);
    return undefined;
  }
  await hearFrom(controlPlane, connection);
  await recordTelemetry(controlPlane, connection, frame);
  return frame.type === "TaskStopVerificationMessage"
    ? verifyStops(controlPlane, connection, frame)
    : undefined;
}

/** Whoever may be told what to run may say how it goes: it is taken from either socket. */
async function recordTelemetry(
  controlPlane: ControlPlane,
  connection: AgentConnection,
  frame: AgentFrame,
): Promise<void> {
  switch (frame.type) {
    case "PublishHealthRequest":
      return recordHealth(controlPlane, connection, frame);
    case "PublishMetricsRequest":
      return recordUsage(controlPlane, connection, frame);
    case "PublishInstanceStatusRequest":
      return recordInstanceStatus(controlPlane, connection, frame);
    default:
      return undefined;
  }
}

/**
 * A sign of life: renews the lease, in a write only when half of it is gone. From an agent that was
 * given up for its silence (a host that slept, say) it opens the session anew, so that the agent is
 * greeted and told at once what has changed.
 */
async function hearFrom(controlPlane: ControlPlane, connection: AgentConnection): Promise<void> {
  const { sessions } = controlPlane.store;
  const { leaseMs } = controlPlane.settings;
  const { cluster, containerInstanceId, connectionId } = connection;
  const now = controlPlane.now();
  const done = await persist<AgentSession>(
    async () => sessions.find(cluster, containerInstanceId),
    (session) => {
      const { leaseUntil = 0 } = session;
      const isCurrent = session.connectionId === connectionId;
      if (!isCurrent || leaseUntil - now > leaseMs / 2) return undefined;
      const renewed = { ...session, leaseUntil: now + leaseMs };
      // Until it has been greeted the mark stays at once.
      const greeted = session.greetedConnectionId === connectionId;
      return greeted ? withDue<AgentSession>(renewed, now + leaseMs) : renewed;
    },
    (session) => sessions.replace(session),
  );
  if (done && done.item.connectionId === undefined) {
    await openSession(controlPlane, { ...done.item, connectionId });
  }
}

/**
 * Answers which of the tasks that an agent has beyond its manifest are to be stopped: those that
 * are unknown, to be stopped, or another instance's. One that was placed after the manifest is not.
 */
async function verifyStops(
  controlPlane: ControlPlane,
  connection: AgentConnection,
  frame: AgentFrame,
): Promise<TaskStopVerificationAck> {
  const { messageId, stopCandidates = [] } = frame.message as {
    readonly messageId: string;
    readonly stopCandidates?: readonly TaskIdentifier[];
  };
  const { cluster, containerInstanceId } = connection;
  const ids = stopCandidates.map(({ taskArn }) => taskIdOf(taskArn));
  const tasks = await controlPlane.store.tasks.findMany(cluster, ids);
  const wanted = new Set(
    tasks
      .filter((task) => task.desiredStatus === "RUNNING" && task.lastStatus !== "STOPPED")
      .filter((task) => task.containerInstanceId === containerInstanceId)
      .map((task) => task.id),
  );
  return {
    type: "TaskStopVerificationAck",
    message: {
      messageId,
      generatedAt: controlPlane.now(),
      stopTasks: stopCandidates
        .filter(({ taskArn }) => !wanted.has(taskIdOf(taskArn)))
        .map(({ taskArn, taskClusterArn, desiredStatus }) =>
          defined({ taskArn, taskClusterArn, desiredStatus }),
        ),
    },
  };
}

const taskIdOf = (taskArn: string): string => parseArn(taskArn)?.path.at(-1) ?? taskArn;
