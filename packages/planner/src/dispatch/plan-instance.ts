import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Task } from "@berth/domain/task";
import { isServiceTask } from "@berth/domain/task";
import type { StopCode } from "@berth/domain/task-status";

export interface InstanceSnapshot {
  readonly ledger: InstanceLedger;
  /** Every task that the ledger names, as far as it exists. */
  readonly tasks: readonly Task[];
  /** The agent has been away for too long. */
  readonly lost: boolean;
  /** EC2 has told that the machine has ended. */
  readonly hostIsGone: boolean;
  readonly now: number;
  readonly orphanedReservationMs: number;
}

export interface InstancePlan {
  /** Tasks that the control plane itself declares STOPPED. */
  readonly lose: readonly {
    readonly taskId: string;
    readonly stopCode: StopCode;
    readonly reason: string;
  }[];
  /** Service tasks whose `draining` mark is to become that of their instance. */
  readonly mark: readonly { readonly taskId: string; readonly draining: boolean }[];
  /** Reservations without a task to hold them. */
  readonly release: readonly string[];
}

/** Brings the tasks of an instance in line with its status, and its ledger with its tasks. */
export function planInstance(snapshot: InstanceSnapshot): InstancePlan {
  const { ledger, tasks } = snapshot;
  const here = tasks.filter(
    (task) => task.containerInstanceId === ledger.id && task.lastStatus !== "STOPPED",
  );
  const release = orphans(snapshot, new Set(here.map((task) => task.id)));
  const gone = whyGone(snapshot);
  if (gone) return { lose: here.map((task) => ({ taskId: task.id, ...gone })), mark: [], release };
  const draining = ledger.status === "DRAINING";
  const mark = here
    .filter((task) => isServiceTask(task) && (task.draining ?? false) !== draining)
    .map((task) => ({ taskId: task.id, draining }));
  return { lose: [], mark, release };
}

function whyGone({
  ledger: { id, host, status },
  lost,
  hostIsGone,
}: InstanceSnapshot): { readonly stopCode: StopCode; readonly reason: string } | undefined {
  if (host && hostIsGone) {
    return {
      stopCode: "TerminationNotice",
      reason: `Host EC2 (instance ${host.ec2InstanceId}) ${host.state}.`,
    };
  }
  if (status === "INACTIVE") {
    return {
      stopCode: "UserInitiated",
      reason: "Container instance deregistration forced by user",
    };
  }
  if (!lost) return undefined;
  return {
    stopCode: "TerminationNotice",
    reason: `Container instance ${id} lost: its agent has been disconnected for too long.`,
  };
}

function orphans(snapshot: InstanceSnapshot, held: ReadonlySet<string>): readonly string[] {
  const oldEnough = snapshot.now - snapshot.orphanedReservationMs;
  return Object.entries(snapshot.ledger.reservations)
    .filter(([taskId, { reservedAt }]) => !held.has(taskId) && reservedAt <= oldEnough)
    .map(([taskId]) => taskId);
}
