import type {
  HostNotice,
  HostRecord,
  InstanceLedger,
  PendingLifecycleAction,
} from "@berth/domain/container-instance";
import type { AgentSession } from "@berth/domain/session";

/** Where two notices are of the same moment, the one further along counts. */
const RANK: Readonly<Record<HostNotice["state"], number>> = {
  leaving: 1,
  stopped: 2,
  terminated: 3,
};

/**
 * The ledger after a notice of EC2's, or undefined where that is no news: notices come repeatedly
 * and in any order. An instance whose machine goes is DRAINING; one whose machine is terminated is
 * INACTIVE, as in ECS.
 */
export function noteHost<Ledger extends InstanceLedger>(
  ledger: Ledger,
  notice: HostNotice,
): Ledger | undefined {
  if (ledger.status === "INACTIVE") return undefined;
  if (!isNews(notice, ledger.host)) return withLateAction(ledger, notice);
  const { ec2InstanceId, state, at } = notice;
  const drained = ledger.status === "ACTIVE" || ledger.host?.drained === true;
  // A group waits for what is leaving, and for nothing that has ended.
  const lifecycleAction =
    state === "leaving" ? (pendingAction(notice) ?? ledger.host?.lifecycleAction) : undefined;
  return {
    ...ledger,
    status: state === "terminated" ? "INACTIVE" : "DRAINING",
    agentConnected: ledger.agentConnected && state === "leaving",
    host: {
      ec2InstanceId,
      state,
      at,
      ...(drained && { drained }),
      ...(lifecycleAction && { lifecycleAction }),
    },
  };
}

/** That the machine leaves may be known already from a later notice, and that its group waits not yet. */
function withLateAction<Ledger extends InstanceLedger>(
  ledger: Ledger,
  notice: HostNotice,
): Ledger | undefined {
  const { host } = ledger;
  const lifecycleAction = pendingAction(notice);
  if (host?.state !== "leaving" || host.lifecycleAction || !lifecycleAction) return undefined;
  return { ...ledger, host: { ...host, lifecycleAction } };
}

const pendingAction = ({ lifecycleAction, at }: HostNotice): PendingLifecycleAction | undefined =>
  lifecycleAction && { ...lifecycleAction, since: at, extendedAt: at };

function isNews({ state, at }: HostNotice, known?: HostRecord): boolean {
  // No machine comes back from there, whatever clocks say.
  if (known === undefined || state === "terminated") return true;
  // One that runs again has the time of its last stop, of which everything was heard.
  const isFurther = known.state !== "running" && RANK[state] > RANK[known.state];
  return at > known.at || (at === known.at && isFurther);
}

/** The machine has ended: nothing runs on it, whatever its agent's connection looks like. */
export function isHostGone({ host }: InstanceLedger, session: AgentSession | undefined): boolean {
  if (host?.state === "terminated") return true;
  return host?.state === "stopped" && !isBack(host, session);
}

/**
 * The ledger once the agent of a stopped machine has connected again, or undefined where that has
 * not happened: what was drained because of the stop takes tasks again. It keeps the time of the
 * stop: whatever is told of later moments is of the machine as it runs now, and its agent may have
 * connected since once more.
 */
export function welcomeHost<Ledger extends InstanceLedger>(
  ledger: Ledger,
  session: AgentSession | undefined,
): Ledger | undefined {
  const { host, status } = ledger;
  if (host?.state !== "stopped" || !isBack(host, session)) return undefined;
  const { drained, ...record } = host;
  return {
    ...ledger,
    status: drained && status === "DRAINING" ? "ACTIVE" : status,
    host: { ...record, state: "running" },
  };
}

const isBack = (host: HostRecord, session: AgentSession | undefined): boolean =>
  session?.connectedAt !== undefined && session.connectedAt > host.at;
