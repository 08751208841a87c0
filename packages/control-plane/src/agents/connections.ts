import { containerInstanceArn, parseArn, type Scope } from "@berth/domain/arn";
import type { ContainerInstance } from "@berth/domain/container-instance";
import { defined } from "@berth/domain/defined";
import type { AgentConnection, AgentSession } from "@berth/domain/session";
import type { InstanceName, Stored, StoredInstance } from "@berth/store/store";
import { checkAccess, type Access } from "../access/authorize.ts";
import { checkSpeaksFor } from "../access/ownership.ts";
import type { CommandContext, ControlPlane } from "../context.ts";
import { recordDisconnected } from "../reconcile/agent-presence.ts";
import { persist, withDue } from "../reconcile/persist.ts";

/** What an agent says of itself when it dials. Source: agent protocol, query of the handshake. */
export interface AgentHandshake {
  readonly connectionId: string;
  readonly kind: "acs" | "tcs";
  readonly containerInstanceArn: string;
  readonly agentVersion?: string;
  readonly agentHash?: string;
  /** Such as `DockerVersion: 20.10.24`. */
  readonly dockerVersion?: string;
  /** Its process has only just started, and has no keys of its tasks' roles. */
  readonly sendCredentials?: boolean;
}

/** Who has signed a handshake. */
export interface Dialler extends Pick<CommandContext, "permissions" | "principalArn"> {
  /** Of a key that Berth has issued. */
  readonly accessKeyId?: string;
}

export type HandshakeOutcome =
  | "connected"
  | {
      readonly refused: "InactiveInstanceException" | "InvalidInstanceException";
      readonly message: string;
    };

/** What policies call it to open a socket. Source: service authorization reference. */
const ACTION = { acs: "ecs:Poll", tcs: "ecs:StartTelemetrySession" } as const;

/** What it takes to open this socket, and to be heard on it. */
export function socketAccess(
  scope: Scope,
  {
    kind,
    cluster,
    containerInstanceId,
  }: Pick<AgentConnection, "kind" | "cluster" | "containerInstanceId">,
): Access {
  const resources = [containerInstanceArn(scope, cluster, containerInstanceId)];
  return { action: ACTION[kind], resources, cluster };
}

/**
 * Lets an agent in. The greeting follows by way of the queue: API Gateway delivers nothing to a
 * connection before its handshake is answered.
 *
 * @throws EcsError AccessDeniedException
 */
export async function connectAgent(
  controlPlane: ControlPlane,
  handshake: AgentHandshake,
  dialler: Dialler,
): Promise<HandshakeOutcome> {
  const [cluster, id] = parseArn(handshake.containerInstanceArn)?.path ?? [];
  if (cluster === undefined || id === undefined) {
    return { refused: "InvalidInstanceException", message: "Container instance ARN is malformed." };
  }
  const { scope } = controlPlane;
  const speaker = { ...dialler, scope };
  const access = socketAccess(scope, { kind: handshake.kind, cluster, containerInstanceId: id });
  checkAccess(speaker, access);
  const found = await controlPlane.store.instances.find(cluster, id);
  if (!found || found.ledger.status === "INACTIVE") {
    return { refused: "InactiveInstanceException", message: "Container instance is inactive." };
  }
  checkSpeaksFor(speaker, found.instance, access.action);
  await controlPlane.store.sessions.createConnection({
    connectionId: handshake.connectionId,
    kind: handshake.kind,
    cluster,
    containerInstanceId: id,
    connectedAt: controlPlane.now(),
    ...defined({ accessKeyId: dialler.accessKeyId }),
  });
  if (handshake.kind === "acs") {
    await recordVersions(controlPlane, found, handshake);
    await openSession(controlPlane, { cluster, id, ...handshake });
  }
  return "connected";
}

/** Ends a connection. The session ends with it unless a newer connection has taken its place. */
export async function disconnectAgent(
  controlPlane: ControlPlane,
  connectionId: string,
): Promise<void> {
  const { sessions } = controlPlane.store;
  const connection = await sessions.findConnection(connectionId);
  if (!connection) return;
  await sessions.deleteConnection(connectionId);
  const session = await sessions.find(connection.cluster, connection.containerInstanceId);
  if (session?.connectionId === connectionId) await recordDisconnected(controlPlane, session);
}

/** Makes this connection that of its instance; a newer one replaces the older one. */
export async function openSession(
  controlPlane: ControlPlane,
  {
    cluster,
    id: containerInstanceId,
    connectionId,
    sendCredentials = false,
  }: Pick<AgentHandshake, "connectionId" | "sendCredentials"> & InstanceName,
): Promise<void> {
  const { sessions } = controlPlane.store;
  const now = controlPlane.now();
  const session: AgentSession = {
    cluster,
    containerInstanceId,
    connectionId,
    connectedAt: now,
    leaseUntil: now + controlPlane.settings.leaseMs,
  };
  // Due at once: should the message be lost, the sweep has the agent greeted.
  const created = await sessions.create({ ...session, due: now });
  if (created === "conflict") {
    await persist<AgentSession>(
      async () => sessions.find(cluster, containerInstanceId),
      ({ version, renewRolesAt }) => {
        const kept = sendCredentials ? {} : defined({ renewRolesAt });
        return withDue<AgentSession>({ ...session, ...kept, version }, now);
      },
      (next) => sessions.replace(next),
    );
  }
  await controlPlane.relay.wake({ kind: "dispatch", cluster, containerInstanceId, taskIds: [] });
}

/** Registration does not carry these; the handshake does. */
async function recordVersions(
  controlPlane: ControlPlane,
  { instance }: StoredInstance,
  handshake: AgentHandshake,
): Promise<void> {
  const { agentVersion, agentHash, dockerVersion } = handshake;
  const versionInfo: ContainerInstance["versionInfo"] = {
    ...instance.versionInfo,
    ...(agentVersion !== undefined && { agentVersion }),
    ...(agentHash !== undefined && { agentHash }),
    ...(dockerVersion !== undefined && { dockerVersion }),
  };
  if (JSON.stringify(versionInfo) === JSON.stringify(instance.versionInfo)) return;
  const next: Stored<ContainerInstance> = { ...instance, versionInfo };
  await controlPlane.store.instances.replaceDescription(next);
}
