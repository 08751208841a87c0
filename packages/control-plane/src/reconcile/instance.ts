import type { InstanceLedger } from "@berth/domain/container-instance";
import type { AgentSession } from "@berth/domain/session";
import type { Task } from "@berth/domain/task";
import { planConnection, planHostLoss } from "@berth/planner/dispatch/plan-connection";
import type { ConnectionPlan } from "@berth/planner/dispatch/plan-connection";
import { isHostGone } from "@berth/planner/dispatch/plan-host";
import { planInstance } from "@berth/planner/dispatch/plan-instance";
import type { InstancePlan, InstanceSnapshot } from "@berth/planner/dispatch/plan-instance";
import { markDraining } from "@berth/planner/lifecycle/draining";
import type { Stored } from "@berth/store/store";
import type { ControlPlane, InstanceControlPlane } from "../context.ts";
import { welcomeHost } from "../hosts/welcome-host.ts";
import { releaseReservations } from "../placement/reservations.ts";
import type { Settings } from "../settings.ts";
import { recordConnected, recordDisconnected, wakeOfSession } from "./agent-presence.ts";
import { isOutstanding, isWorthRepeating, sendManifest } from "./dispatch.ts";
import { giveUpTasks, wakeServicesOf } from "./give-up-tasks.ts";
import { tellLater } from "./late-telling.ts";
import { persist, withDue } from "./persist.ts";
import { settleLedger } from "./settle-ledger.ts";
import { renewRoles, sendWithRoles } from "./task-roles.ts";
import { wakeLater } from "./wake-later.ts";

/** A heartbeat may be late. */
const HEARTBEATS_CHECKED = 1.5;

/** A connection so young may not be able to receive yet: API Gateway lets none do so while it connects. */
const YOUNG_CONNECTION_MS = 5_000;

/**
 * Looks after one container instance: its agent's connection, its tasks when it drains, is
 * deregistered or lost, reservations that nobody holds, and the group that waits with its end.
 */
export async function tendInstance(
  controlPlane: InstanceControlPlane,
  cluster: string,
  containerInstanceId: string,
): Promise<void> {
  const { instances, sessions, tasks } = controlPlane.store;
  const [found, session] = await Promise.all([
    instances.findLedger(cluster, containerInstanceId),
    sessions.find(cluster, containerInstanceId),
  ]);
  if (!found) return;
  const ledger = await welcomeHost(controlPlane, found, session);
  const now = controlPlane.now();
  const hostIsGone = isHostGone(ledger, session);
  const connection = session && planSession(session, now, { hostIsGone, ...controlPlane.settings });
  const lookInside = isDue(ledger, now) || (connection !== undefined && asksForTasks(connection));
  const named = lookInside
    ? await tasks.findMany(cluster, Object.keys(ledger.reservations))
    : await tasks.glance(cluster, youngReservations(ledger, now, controlPlane.settings));

  const lost = connection?.lost ?? false;
  if (lookInside) await tidy(controlPlane, ledger, named, { lost, hostIsGone });
  if (session && connection) {
    await recordConnected(controlPlane, cluster, containerInstanceId, connection.agentConnected);
    await speak(controlPlane, session, connection, named);
  }
  await settleLedger(controlPlane, ledger, { hostIsGone, wasDue: isDue(ledger, now) });
}

const planSession = (
  session: AgentSession,
  now: number,
  { hostIsGone, ...settings }: Settings & { readonly hostIsGone: boolean },
): ConnectionPlan =>
  hostIsGone ? planHostLoss(session, now) : planConnection(session, now, settings);

/**
 * Tasks placed so long ago that the agent should have begun with them, and not so long ago that an
 * earlier look has asked about them.
 */
function youngReservations(
  { reservations }: InstanceLedger,
  now: number,
  { dispatchRetryMs, heartbeatIntervalMs }: Settings,
): readonly string[] {
  const until = now - dispatchRetryMs;
  const since = until - HEARTBEATS_CHECKED * heartbeatIntervalMs;
  return Object.entries(reservations)
    .filter(([, { reservedAt }]) => since <= reservedAt && reservedAt <= until)
    .map(([taskId]) => taskId);
}

const isDue = (item: { readonly due?: number }, now: number): boolean =>
  item.due !== undefined && item.due <= now;

const asksForTasks = ({ greet, lost, audit, renewRoles }: ConnectionPlan): boolean =>
  greet || lost || audit || renewRoles;

async function tidy(
  controlPlane: ControlPlane,
  ledger: Stored<InstanceLedger>,
  tasks: readonly Stored<Task>[],
  gone: Pick<InstanceSnapshot, "lost" | "hostIsGone">,
): Promise<void> {
  const now = controlPlane.now();
  const { orphanedReservationMs } = controlPlane.settings;
  const plan = planInstance({ ledger, tasks, ...gone, now, orphanedReservationMs });
  const byId = new Map(tasks.map((task) => [task.id, task]));
  await mark(controlPlane, ledger, plan, byId);
  const lost = plan.lose.flatMap(({ taskId, stopCode, reason }) => {
    const task = byId.get(taskId);
    return task ? [{ task, stopCode, reason }] : [];
  });
  const released = [...plan.release, ...(await giveUpTasks(controlPlane, lost))];
  await releaseReservations(controlPlane, ledger.cluster, ledger.id, released);
  const touched = [...plan.mark, ...plan.lose].flatMap(({ taskId }) => byId.get(taskId) ?? []);
  await wakeServicesOf(controlPlane, touched);
}

async function mark(
  controlPlane: ControlPlane,
  ledger: InstanceLedger,
  plan: InstancePlan,
  tasks: ReadonlyMap<string, Stored<Task>>,
): Promise<void> {
  const { tasks: repository } = controlPlane.store;
  await Promise.all(
    plan.mark.map(({ taskId, draining }) =>
      persist<Task>(
        async () => repository.find(tasks.get(taskId)?.cluster ?? "", taskId),
        (task) => {
          const marked = markDraining(task, ledger, { draining, now: controlPlane.now() });
          return marked && { ...marked, version: task.version };
        },
        (task) => repository.replace(task),
      ),
    ),
  );
}

/**
 * Greets or sends a heartbeat, and then writes down when the agent is to be looked at again. In
 * this order a death in between repeats what was said, which does no harm; but the agent's answer
 * may renew the lease first, so the write starts from the session as it is by then.
 */
async function speak(
  controlPlane: InstanceControlPlane,
  session: Stored<AgentSession>,
  plan: ConnectionPlan,
  tasks: readonly Task[],
): Promise<void> {
  const { connectionId } = plan.session;
  if (connectionId !== undefined && (await say(controlPlane, session, plan, tasks)) === "gone") {
    await onGone(controlPlane, session);
    return;
  }
  const renewed = await renew(controlPlane, plan, tasks);
  if (renewed === "gone") return onGone(controlPlane, session);
  if (plan.session === session && session.due === plan.due) return;
  const { sessions } = controlPlane.store;
  // What the agent may have changed meanwhile.
  const { leaseUntil: _leaseUntil, health: _health, ...said } = plan.session;
  const done = await persist<AgentSession>(
    async () => sessions.find(session.cluster, session.containerInstanceId),
    (current) => {
      if (current.connectionId !== session.connectionId) return undefined;
      const next: Stored<AgentSession> =
        connectionId === undefined
          ? { ...plan.session, version: current.version }
          : { ...current, ...said, ...renewed, version: current.version };
      return withDue<AgentSession>(next, connectionId === undefined ? plan.due : next.leaseUntil);
    },
    async (next) => sessions.replace(next),
  );
  const again = plan.agentConnected ? plan.session.nextHeartbeatAt : plan.due;
  if (done?.written && again !== undefined)
    await wakeLater(controlPlane, wakeOfSession(session), again);
}

/** What of the session is otherwise than planned, for there are keys that did not come. */
async function renew(
  controlPlane: InstanceControlPlane,
  { session, ...plan }: ConnectionPlan,
  tasks: readonly Task[],
): Promise<Pick<AgentSession, "renewRolesAt"> | "gone"> {
  if (!plan.renewRoles || session.connectionId === undefined) return {};
  const outcome = await renewRoles(controlPlane, session.connectionId, tasks);
  if (outcome === "gone") return outcome;
  return outcome === "later" ? { renewRolesAt: session.nextHeartbeatAt ?? controlPlane.now() } : {};
}

async function say(
  controlPlane: InstanceControlPlane,
  session: AgentSession,
  plan: ConnectionPlan,
  tasks: readonly Task[],
): Promise<"sent" | "gone"> {
  const { connectionId = "" } = plan.session;
  if (plan.heartbeat) {
    const messageId = controlPlane.randomHex(32);
    const beat = { type: "HeartbeatMessage", message: { messageId, healthy: true } } as const;
    if ((await controlPlane.agents.push(connectionId, beat)) === "gone") return "gone";
  }
  // At an audit as well: an agent that came back while its tasks were given up was told to keep them.
  if (plan.greet || plan.audit) {
    const manifest = await sendManifest(controlPlane, connectionId, session, tasks);
    if (manifest === "gone") return "gone";
  }
  const outstanding = tasks
    .filter(isOutstanding)
    .filter((task) => plan.greet || isWorthRepeating(controlPlane, task));
  const { outcome, untold } = await sendWithRoles(controlPlane, connectionId, outstanding);
  // Of those that are known to be untold, a message is under way already.
  await tellLater(
    controlPlane,
    untold.filter(({ lateTelling }) => lateTelling === undefined),
  );
  return outcome;
}

async function onGone(controlPlane: ControlPlane, session: Stored<AgentSession>): Promise<void> {
  const now = controlPlane.now();
  if ((session.connectedAt ?? 0) + YOUNG_CONNECTION_MS > now) {
    await wakeLater(controlPlane, wakeOfSession(session), now + 1_000);
    return;
  }
  await recordDisconnected(controlPlane, session);
}
