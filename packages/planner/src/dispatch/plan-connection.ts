import { defined } from "@berth/domain/defined";
import type { AgentSession } from "@berth/domain/session";

export interface ConnectionSettings {
  readonly heartbeatIntervalMs: number;
  readonly instanceLostAfterMs: number;
  readonly auditIntervalMs: number;
  readonly roleKeyLifetimeMs: number;
}

export interface ConnectionPlan {
  /** The session as it should be; the very same object where nothing changed. */
  readonly session: AgentSession;
  /** What the instance's ledger should say. */
  readonly agentConnected: boolean;
  /** Manifest and everything outstanding are still to be sent to this connection. */
  readonly greet: boolean;
  readonly heartbeat: boolean;
  /** The agent has been away for too long: its tasks are to be given up. */
  readonly lost: boolean;
  /** The ledger is to be compared with its tasks. */
  readonly audit: boolean;
  /** The tasks' roles are to have new keys. */
  readonly renewRoles: boolean;
  /** Epoch ms: when to look again at the latest. Absent where nothing is expected. */
  readonly due?: number;
}

/**
 * What an agent's connection asks for now: a greeting, a heartbeat, or, once its lease has run out
 * or it has been away for too long, to be given up. Repeating it at the same moment asks for nothing new.
 */
export function planConnection(
  session: AgentSession,
  now: number,
  settings: ConnectionSettings,
): ConnectionPlan {
  const { leaseUntil = now } = session;
  return session.connectionId === undefined || leaseUntil <= now
    ? planAbsence(disconnected(session, now), now, settings.instanceLostAfterMs)
    : planPresence(session, leaseUntil, now, settings);
}

/** The same for an agent whose machine has ended: it is given up at once, connected or not. */
export function planHostLoss(session: AgentSession, now: number): ConnectionPlan {
  return planAbsence(disconnected(session, now), now, 0);
}

/** The session after its connection ended; the very same object where there was none. */
export function disconnected(session: AgentSession, now: number): AgentSession {
  if (session.connectionId === undefined) return session;
  const { cluster, containerInstanceId, renewRolesAt } = session;
  return { cluster, containerInstanceId, ...defined({ renewRolesAt }), disconnectedAt: now };
}

function planPresence(
  session: AgentSession,
  leaseUntil: number,
  now: number,
  settings: ConnectionSettings,
): ConnectionPlan {
  const greet = session.greetedConnectionId !== session.connectionId;
  const heartbeat = greet || (session.nextHeartbeatAt ?? now) <= now;
  const audit = greet || (session.auditedAt ?? 0) + settings.auditIntervalMs <= now;
  const renewRoles = (session.renewRolesAt ?? now) <= now;
  const asked = { greet, heartbeat, audit, renewRoles };
  const isQuiet = !heartbeat && !audit && !renewRoles;
  return {
    session: isQuiet ? session : { ...session, ...afterwards(session, asked, { now, settings }) },
    agentConnected: true,
    ...asked,
    lost: false,
    due: leaseUntil,
  };
}

/** What of the session is otherwise once that was done. */
function afterwards(
  { connectionId }: AgentSession,
  asked: Pick<ConnectionPlan, "heartbeat" | "audit" | "renewRoles">,
  { now, settings }: { readonly now: number; readonly settings: ConnectionSettings },
): Partial<AgentSession> {
  return {
    ...defined({ greetedConnectionId: connectionId }),
    ...(asked.heartbeat && { nextHeartbeatAt: now + settings.heartbeatIntervalMs }),
    ...(asked.audit && { auditedAt: now }),
    ...(asked.renewRoles && { renewRolesAt: now + settings.roleKeyLifetimeMs / 2 }),
  };
}

function planAbsence(session: AgentSession, now: number, lostAfterMs: number): ConnectionPlan {
  const away = {
    agentConnected: false,
    greet: false,
    heartbeat: false,
    audit: false,
    renewRoles: false,
  };
  if (session.lostAt !== undefined) return { ...away, session, lost: false };
  const lostFrom = (session.disconnectedAt ?? now) + lostAfterMs;
  return lostFrom <= now
    ? { ...away, session: { ...session, lostAt: now }, lost: true }
    : { ...away, session, lost: false, due: lostFrom };
}
