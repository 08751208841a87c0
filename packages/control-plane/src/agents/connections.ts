import { clusterArn, containerInstanceArn, parseArn, type Scope } from "@berth/domain/arn";
import type { ContainerInstance } from "@berth/domain/container-instance";
import { defined } from "@berth/domain/defined";
import type { AgentConnection, AgentSession } from "@berth/domain/session";
import type { Stored, StoredInstance } from "@berth/store/store";
import { accessDenied } from "../access/access-denied.ts";
import { checkAccess } from "../access/authorize.ts";
import { checkSpeaksFor } from "../access/ownership.ts";
import type { CommandContext, ControlPlane } from "../context.ts";
import { recordDisconnected } from "../reconcile/agent-presence.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { isStillLetIn, socketAccess } from "./agent-access.ts";
import { countDial } from "./count-dial.ts";

/** What an agent says of itself when it dials. Source: agent protocol, query of the handshake. */
export interface AgentHandshake {
  readonly connectionId: string;
  readonly kind: "acs" | "tcs";
  /** Name or ARN. */
  readonly cluster: string;
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

/** In words that agents know; only the first has them do anything but dial again after a while. */
export interface HandshakeRefusal {
  readonly refused:
    | "InactiveInstanceException"
    | "InvalidClusterException"
    | "InvalidInstanceException"
    | "ServerException";
  readonly message: string;
}

export type HandshakeOutcome = "connected" | HandshakeRefusal;

type Dialled = Omit<AgentConnection, "connectedAt">;

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
  const letIn = await letAgentIn(controlPlane, handshake, dialler);
  if ("refused" in letIn) return letIn;
  const { dialled, found } = letIn;
  return handshake.kind === "acs"
    ? openCommands(controlPlane, dialled, { found, handshake })
    : recordConnection(controlPlane, dialled);
}

/** Who dials is the agent of this instance. */
export interface LetIn {
  readonly dialled: Dialled;
  readonly found: StoredInstance;
}

/**
 * Finds out whether who dials may speak for the instance that he names.
 *
 * @throws EcsError AccessDeniedException
 */
export async function letAgentIn(
  controlPlane: ControlPlane,
  handshake: AgentHandshake,
  dialler: Dialler,
): Promise<LetIn | HandshakeRefusal> {
  const { scope, store } = controlPlane;
  const dialled = readHandshake(scope, handshake, dialler);
  if ("refused" in dialled) return dialled;
  const { cluster, containerInstanceId } = dialled;
  const access = socketAccess(scope, dialled);
  checkAccess({ ...dialler, scope }, access);
  if (!(await isStillLetIn(controlPlane, dialled))) {
    const [resource = "*"] = access.resources;
    throw accessDenied({ principalArn: dialler.principalArn, action: access.action, resource });
  }
  const found = await store.instances.find(cluster, containerInstanceId);
  if (!found || found.ledger.status === "INACTIVE") {
    return { refused: "InactiveInstanceException", message: "Container instance is inactive." };
  }
  checkSpeaksFor({ ...dialler, scope }, found.instance, access.action);
  return { dialled, found };
}

/** Which connection it is to be, or why it can be none. */
function readHandshake(
  scope: Scope,
  { connectionId, kind, cluster: namedCluster, containerInstanceArn: arn }: AgentHandshake,
  { accessKeyId }: Dialler,
): Dialled | HandshakeRefusal {
  const [cluster = "", containerInstanceId = ""] = parseArn(arn)?.path ?? [];
  if (arn !== containerInstanceArn(scope, cluster, containerInstanceId)) {
    return { refused: "InvalidInstanceException", message: "Container instance ARN is malformed." };
  }
  if (namedCluster !== cluster && namedCluster !== clusterArn(scope, cluster)) {
    return {
      refused: "InvalidClusterException",
      message: `Container instance is in cluster ${cluster}.`,
    };
  }
  return { connectionId, kind, cluster, containerInstanceId, ...defined({ accessKeyId }) };
}

async function recordConnection(
  controlPlane: ControlPlane,
  dialled: Dialled,
): Promise<HandshakeOutcome> {
  const connection = { ...dialled, connectedAt: controlPlane.now() };
  await controlPlane.store.sessions.createConnection(connection);
  return "connected";
}

/** Unless the agent has dialled too often: an agent that is refused waits ever longer. */
async function openCommands(
  controlPlane: ControlPlane,
  dialled: Dialled,
  { found, handshake }: { readonly found: StoredInstance; readonly handshake: AgentHandshake },
): Promise<HandshakeOutcome> {
  const { cluster, containerInstanceId } = dialled;
  const before = await controlPlane.store.sessions.find(cluster, containerInstanceId);
  const dials = countDial(before?.dials, controlPlane.now());
  if (!dials) {
    return {
      refused: "ServerException",
      message: "Container instance has connected too often within a minute.",
    };
  }
  await recordConnection(controlPlane, dialled);
  await recordVersions(controlPlane, found, handshake);
  const { sendCredentials } = handshake;
  await openSession(controlPlane, {
    ...before,
    ...dialled,
    dials,
    ...defined({ sendCredentials }),
  });
  if (before?.connectionId !== undefined) await hangUp(controlPlane, before.connectionId);
  return "connected";
}

/** Ends a connection that is of no use any more. One that stays open after all is told nothing. */
export const hangUp = (controlPlane: ControlPlane, connectionId: string): Promise<void> =>
  controlPlane.agents.close(connectionId).catch(() => undefined);

/** Ends a connection. The session ends with it unless a newer connection has taken its place. */
export async function disconnectAgent(
  controlPlane: ControlPlane,
  connectionId: string,
): Promise<void> {
  const { sessions } = controlPlane.store;
  const connection = await sessions.findConnection(connectionId);
  if (!connection) return;
  await sessions.deleteConnection(connectionId);
  for (;;) {
    const session = await sessions.find(connection.cluster, connection.containerInstanceId);
    if (session?.connectionId !== connectionId) return;
    // What its controller or its last words wrote meanwhile does not keep it open.
    if ((await recordDisconnected(controlPlane, session)) === "ok") return;
  }
}

/** Which connection an instance is to have, and what of its session goes on. */
type Opening = Pick<AgentSession, "cluster" | "containerInstanceId" | "dials" | "health"> &
  Pick<AgentHandshake, "connectionId" | "sendCredentials">;

/** Makes this connection that of its instance; a newer one replaces the older one. */
export async function openSession(
  controlPlane: ControlPlane,
  { cluster, containerInstanceId, connectionId, dials, health, sendCredentials }: Opening,
): Promise<void> {
  const { sessions } = controlPlane.store;
  const now = controlPlane.now();
  const session: AgentSession = {
    cluster,
    containerInstanceId,
    connectionId,
    connectedAt: now,
    leaseUntil: now + controlPlane.settings.leaseMs,
    ...defined({ dials, health }),
  };
  // Due at once: should the message be lost, the sweep has the agent greeted.
  const created = await sessions.create({ ...session, due: now });
  if (created === "conflict") {
    await persist<AgentSession>(
      async () => sessions.find(cluster, containerInstanceId),
      ({ version, renewRolesAt }) => {
        const kept = sendCredentials === true ? {} : defined({ renewRolesAt });
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
