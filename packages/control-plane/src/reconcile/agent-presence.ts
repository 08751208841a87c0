import type { InstanceLedger } from "@berth/domain/container-instance";
import type { AgentSession } from "@berth/domain/session";
import { disconnected } from "@berth/planner/dispatch/plan-connection";
import type { Stored } from "@berth/store/store";
import type { WriteOutcome } from "@berth/store/table";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "./persist.ts";
import { wakeLater } from "./wake-later.ts";

/** Lets placement see whether the agent is there. */
export async function recordConnected(
  controlPlane: ControlPlane,
  cluster: string,
  containerInstanceId: string,
  agentConnected: boolean,
): Promise<void> {
  const { instances } = controlPlane.store;
  const done = await persist<InstanceLedger>(
    async () => instances.findLedger(cluster, containerInstanceId),
    (ledger) => {
      if (ledger.agentConnected === agentConnected) return undefined;
      const { agentAwaySince: _, ...others } = ledger;
      return agentConnected
        ? { ...others, agentConnected, joinedAt: controlPlane.now() }
        : { ...others, agentConnected, agentAwaySince: controlPlane.now() };
    },
    (ledger) => instances.replaceLedger(ledger),
  );
  if (done?.written && agentConnected) {
    await controlPlane.relay.wake({ kind: "placement", cluster, joined: true });
  }
}

/**
 * Writes that the agent is away; from now on the clock towards "lost" runs.
 *
 * @returns `conflict`, and nothing is written, where the session is not any more as it was read
 */
export async function recordDisconnected(
  controlPlane: ControlPlane,
  session: Stored<AgentSession>,
): Promise<WriteOutcome> {
  const now = controlPlane.now();
  const away = disconnected(session, now);
  const due = now + controlPlane.settings.instanceLostAfterMs;
  const next = withDue<AgentSession>({ ...away, version: session.version }, due);
  if ((await controlPlane.store.sessions.replace(next)) === "conflict") return "conflict";
  await recordConnected(controlPlane, session.cluster, session.containerInstanceId, false);
  await wakeLater(controlPlane, wakeOfSession(session), due);
  return "ok";
}

/** Has somebody look after the instance of this session. */
export const wakeOfSession = (session: AgentSession) =>
  ({
    kind: "dispatch",
    cluster: session.cluster,
    containerInstanceId: session.containerInstanceId,
    taskIds: [],
  }) as const;
