import type { PublishInstanceStatusRequest } from "@berth/contracts/agent/messages";
import { defined } from "@berth/domain/defined";
import type { AgentConnection, AgentSession, InstanceHealthCheck } from "@berth/domain/session";
import type { ControlPlane } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import type { AgentFrame } from "./telemetry.ts";

type ReportedStatus = PublishInstanceStatusRequest["message"]["statuses"][number];

/** The agents' words for what the ECS API names otherwise. What is in neither is left out. */
const TYPES: ReadonlyMap<string, InstanceHealthCheck["type"]> = new Map([
  ["ContainerRuntime", "CONTAINER_RUNTIME"],
  ["AcceleratedCompute", "ACCELERATED_COMPUTE"],
  ["Daemon", "DAEMON"],
]);

/** That nothing has changed is said after every heartbeat, and written so often only. */
const WRITTEN_EVERY_MS = 600_000;

/** Keeps what an agent says of its instance's own health, in the session that lives as long as that is news. */
export async function recordInstanceStatus(
  controlPlane: ControlPlane,
  { cluster, containerInstanceId }: AgentConnection,
  frame: AgentFrame,
): Promise<void> {
  const { statuses = [] } = frame.message as Partial<PublishInstanceStatusRequest["message"]>;
  const health = healthOf(statuses);
  const { sessions } = controlPlane.store;
  await persist<AgentSession>(
    async () => sessions.find(cluster, containerInstanceId),
    (session) =>
      session.connectionId === undefined || isKnown(session.health, health)
        ? undefined
        : { ...session, health },
    (session) => sessions.replace(session),
  );
}

/** Of two checks of one type the later one counts. */
function healthOf(statuses: readonly ReportedStatus[]): readonly InstanceHealthCheck[] {
  const checks = statuses.flatMap(({ type, status, lastUpdated, lastStatusChange }) => {
    const known = TYPES.get(type);
    if (known === undefined) return [];
    const times = { lastUpdated: msOf(lastUpdated), lastStatusChange: msOf(lastStatusChange) };
    return [[known, { type: known, status, ...defined(times) }] as const];
  });
  return [...new Map(checks).values()];
}

const msOf = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1_000);

function isKnown(
  before: readonly InstanceHealthCheck[] | undefined,
  now: readonly InstanceHealthCheck[],
): boolean {
  return (
    before?.length === now.length &&
    now.every((check) => {
      const known = before.find(({ type }) => type === check.type);
      const ageMs = (check.lastUpdated ?? 0) - (known?.lastUpdated ?? 0);
      return known?.status === check.status && ageMs < WRITTEN_EVERY_MS;
    })
  );
}
