import type { TaskIdentifier, TaskStopVerificationAck } from "@berth/contracts/agent/messages";
import { isUsable, principalArn } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import type { AgentConnection, AgentSession } from "@berth/domain/session";
import { parseArn } from "@berth/domain/arn";
import { findRefusal } from "../access/authorize.ts";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { disconnectAgent, openSession, socketAccess } from "./connections.ts";
import { acknowledge, isTelemetry, recordHealth } from "./telemetry.ts";
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
  if (isTelemetry(frame)) {
    if (frame.type === "PublishHealthRequest") await recordHealth(controlPlane, connection, frame);
    if (frame.type === "PublishMetricsRequest") await recordUsage(controlPlane, connection, frame);
    return acknowledge(frame);
  }
  // Who sends telemetry may not also be told what to run: to open this socket takes less.
  if (connection.kind === "tcs") return undefined;
  if (!(await isStillLetIn(controlPlane, connection))) {
    await disconnectAgent(controlPlane, connectionId);
    return undefined;
  }
  await hearFrom(controlPlane, connection);
  return frame.type === "TaskStopVerificationMessage"
    ? verifyStops(controlPlane, connection, frame)
    : undefined;
}

/**
 * A socket outlives the look at its handshake: who opened it with a key that was revoked since, is
 * over, or has a policy now that would not let him in, is heard no more, and told nothing. Who keeps
 * silent about it loses his lease.
 */
async function isStillLetIn(
  controlPlane: ControlPlane,
  connection: AgentConnection,
): Promise<boolean> {
  const { store, scope } = controlPlane;
  const { accessKeyId } = connection;
  if (accessKeyId === undefined) return true;
  const accessKey = await store.accessKeys.find(accessKeyId);
  if (!accessKey || !isUsable(accessKey, controlPlane.now())) return false;
  const holder = {
    permissions: permissionsOf(accessKey.grant),
    principalArn: principalArn(scope.account, accessKey.principal),
    scope,
  };
  return findRefusal(holder, socketAccess(scope, connection)) === undefined;
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
    await openSession(controlPlane, { cluster, id: containerInstanceId, connectionId });
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
      stopTasks: stopCandidates.filter(({ taskArn }) => !wanted.has(taskIdOf(taskArn))),
    },
  };
}

const taskIdOf = (taskArn: string): string => parseArn(taskArn)?.path.at(-1) ?? taskArn;
