import { timingSafeEqual } from "node:crypto";
import { EcsError } from "@berth/domain/errors";
import type { StreamSession } from "@berth/domain/stream-session";
import {
  letAgentIn,
  type AgentHandshake,
  type Dialler,
  type HandshakeOutcome,
} from "../agents/connections.ts";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { sha256Hex } from "../request-hash.ts";
import type { StreamAudit } from "./stream-context.ts";
import { STREAM_LEASE_MS } from "./stream-times.ts";

export interface ClientHandshake {
  readonly connectionId: string;
  readonly sessionId: string;
  /** What the session's ticket has. */
  readonly token: string;
}

/** Nothing has this hash, so that unknown sessions take as long to refuse as known ones. */
const NOBODYS_HASH = "0".repeat(64);

/**
 * Makes this connection the client's end. A ticket is good for one connection, and for a minute.
 *
 * @throws EcsError AccessDeniedException
 */
export async function bindClient(
  controlPlane: ControlPlane,
  { connectionId, sessionId, token }: ClientHandshake,
): Promise<void> {
  const { streamSessions } = controlPlane.store;
  const now = controlPlane.now();
  await streamSessions.createConnection({
    connectionId,
    sessionId,
    end: "client",
    connectedAt: now,
  });
  const done = await persist<StreamSession>(
    () => streamSessions.find(sessionId),
    (session) =>
      mayDial(session, token, now)
        ? withDue({ ...session, clientConnectionId: connectionId }, now + STREAM_LEASE_MS)
        : undefined,
    (session) => streamSessions.replace(session),
  );
  if (done?.written) return;
  if (!done) isHashOf(token, NOBODYS_HASH);
  await streamSessions.deleteConnection(connectionId);
  throw new EcsError(
    "AccessDeniedException",
    "The session's token is invalid, or was used, or is too old.",
  );
}

const mayDial = (
  session: StreamSession & { readonly due?: number },
  token: string,
  now: number,
): boolean =>
  isHashOf(token, session.tokenHash) &&
  session.clientConnectionId === undefined &&
  session.end === undefined &&
  (session.due ?? 0) > now;

const isHashOf = (token: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(token), "hex"), Buffer.from(hash, "hex"));

/**
 * Makes this connection the agent's end: it must be the agent of that very instance, and have been
 * told of the session. That is the beginning of the session.
 *
 * @throws EcsError AccessDeniedException
 */
export async function bindAgent(
  controlPlane: ControlPlane & { readonly audit: StreamAudit },
  { sessionId, ...handshake }: AgentHandshake & { readonly sessionId: string },
  dialler: Dialler,
): Promise<HandshakeOutcome> {
  const letIn = await letAgentIn(controlPlane, { ...handshake, kind: "acs" }, dialler);
  if ("refused" in letIn) return letIn;
  const { connectionId, containerInstanceId } = letIn.dialled;
  const { streamSessions } = controlPlane.store;
  const now = controlPlane.now();
  await streamSessions.createConnection({
    connectionId,
    sessionId,
    end: "agent",
    connectedAt: now,
  });
  const done = await persist<StreamSession>(
    () => streamSessions.find(sessionId),
    (session) =>
      isAwaited(session, containerInstanceId)
        ? withDue(
            { ...session, agentConnectionId: connectionId, startedAt: now },
            now + STREAM_LEASE_MS,
          )
        : undefined,
    (session) => streamSessions.replace(session),
  );
  if (!done?.written) {
    await streamSessions.deleteConnection(connectionId);
    return {
      refused: "InvalidInstanceException",
      message: "No such session waits for this instance.",
    };
  }
  controlPlane.audit.info("A stream session began", auditOf(done.item));
  return "connected";
}

const isAwaited = (session: StreamSession, containerInstanceId: string): boolean =>
  session.containerInstanceId === containerInstanceId &&
  session.clientConnectionId !== undefined &&
  session.agentConnectionId === undefined &&
  session.end === undefined;

/** Who, where and what of a session, for the log. */
export const auditOf = ({ id, cluster, taskId, principalArn, request, end }: StreamSession) => ({
  sessionId: id,
  cluster,
  taskId,
  principalArn,
  request,
  ...(end && { end }),
});
