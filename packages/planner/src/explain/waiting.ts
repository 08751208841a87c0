import type { AgentSession } from "@berth/domain/session";
import { serviceNameOf, type Task } from "@berth/domain/task";

/** What a task waits for. Times are epoch ms. */
export interface Wait {
  readonly for: string;
  readonly since: number;
  /** When the wait ends at the latest, and how; absent where nothing ends it but what is waited for. */
  readonly until?: WaitMoment;
  readonly next: WaitMoment;
}

export interface WaitMoment {
  /** Absent where it has no time of its own. */
  readonly at?: number;
  readonly what: string;
}

export interface WaitContext {
  /** Of the agent of its instance; absent where there never was one. */
  readonly session?: AgentSession;
  /** How long its containers have between SIGTERM and SIGKILL, at most. */
  readonly stopTimeoutMs: number;
  /** Containers whose health check tells whether the task is well. */
  readonly checkedContainers: readonly string[];
  readonly instanceLostAfterMs: number;
  readonly now: number;
}

/** What a task waits for now; undefined for one that is as it shall be. */
export function waitOf(task: Task, context: WaitContext): Wait | undefined {
  if (task.lastStatus === "STOPPED") return undefined;
  if (task.desiredStatus === "RUNNING" && task.lastStatus === "RUNNING") {
    return task.draining ? drainWait(task, context) : healthWait(task, context);
  }
  if (context.session?.connectionId === undefined) return agentWait(task, context);
  return task.desiredStatus === "STOPPED" ? stopWait(task, context) : startWait(task, context);
}

/** The agent is away: nothing of the task changes until it is back or given up. */
function agentWait(task: Task, { session, instanceLostAfterMs }: WaitContext): Wait {
  const since = Math.max(beganAt(task), session?.disconnectedAt ?? 0);
  const what = task.desiredStatus === "STOPPED" ? "stopped" : "started";
  return {
    for: `the agent of container instance ${task.containerInstanceId} to connect`,
    since,
    ...(session?.disconnectedAt !== undefined && {
      until: {
        at: session.disconnectedAt + instanceLostAfterMs,
        what: `the instance counts as lost: the task is declared STOPPED${replacedText(task)}`,
      },
    }),
    next: { what: `when it connects it is told all that is to be ${what}` },
  };
}

const replacedText = (task: Task): string => {
  const service = serviceNameOf(task);
  return service === undefined ? "" : ` and service ${service} replaces it`;
};

const beganAt = ({ desiredStatus, stoppingAt, createdAt }: Task): number =>
  desiredStatus === "STOPPED" ? (stoppingAt ?? createdAt) : createdAt;

function startWait(task: Task, context: WaitContext): Wait {
  const { pullStartedAt, pullStoppedAt, containerInstanceId } = task;
  const agent = `the agent of container instance ${containerInstanceId}`;
  if (pullStoppedAt !== undefined) {
    return {
      for: `${agent} to start its containers`,
      since: pullStoppedAt,
      next: { what: "it is RUNNING once its essential containers run, or fails with their reason" },
      ...leaseEnd(task, context),
    };
  }
  if (pullStartedAt !== undefined) {
    return {
      for: `${agent} to pull its images`,
      since: pullStartedAt,
      next: { what: "its containers are created and started once the images are there" },
      ...leaseEnd(task, context),
    };
  }
  return {
    for: `${agent} to begin with it`,
    since: task.createdAt,
    next: toldAgain(context),
    ...leaseEnd(task, context),
  };
}

function stopWait(task: Task, context: WaitContext): Wait {
  const since = beganAt(task);
  const killedAt = since + context.stopTimeoutMs;
  return {
    for: `the agent of container instance ${task.containerInstanceId} to stop its containers`,
    since,
    next:
      killedAt > context.now
        ? { at: killedAt, what: "what still runs by about then is killed" }
        : toldAgain(context),
    ...leaseEnd(task, context),
  };
}

const toldAgain = ({ session }: WaitContext): WaitMoment => ({
  ...(session?.nextHeartbeatAt !== undefined && { at: session.nextHeartbeatAt }),
  what: "the agent was told at once, and is told again with its next heartbeat",
});

/** An agent that shows no sign of life until its lease ends counts as away from then on. */
function leaseEnd(task: Task, { session, instanceLostAfterMs }: WaitContext): Pick<Wait, "until"> {
  const { leaseUntil } = session ?? {};
  if (leaseUntil === undefined) return {};
  return {
    until: {
      at: leaseUntil + instanceLostAfterMs,
      what: `should the agent show no further sign of life, the instance counts as lost: the task is declared STOPPED${replacedText(task)}`,
    },
  };
}

/** Standalone tasks are left alone where their instance drains. */
function drainWait(task: Task, { now }: WaitContext): Wait | undefined {
  const service = serviceNameOf(task);
  if (service === undefined) return undefined;
  return {
    for: `service ${service} to replace it, since its container instance drains`,
    since: task.startedAt ?? now,
    next: { what: "it is stopped once the percentages of the service allow it" },
  };
}

function healthWait(task: Task, { checkedContainers }: WaitContext): Wait | undefined {
  const since = task.startedAt ?? task.createdAt;
  const statusOf = (name: string) =>
    task.containers.find((container) => container.name === name)?.healthStatus;
  const unhealthy = checkedContainers.filter((name) => statusOf(name) === "UNHEALTHY");
  const service = serviceNameOf(task);
  if (unhealthy.length > 0 && service !== undefined) {
    return {
      for: `service ${service} to replace it: UNHEALTHY by the health check of ${unhealthy.join(", ")}`,
      since,
      next: { what: "a successor is started, or it is stopped, after the grace period" },
    };
  }
  const silent = checkedContainers.filter((name) => statusOf(name) !== "HEALTHY");
  if (silent.length === 0 || unhealthy.length > 0) return undefined;
  return {
    for: `the health check of ${silent.join(", ")} to pass`,
    since,
    next: {
      what: "the agent reports when the first check passes, or when its retries are used up",
    },
  };
}
