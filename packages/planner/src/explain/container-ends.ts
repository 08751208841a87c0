import type { Task, TaskContainer } from "@berth/domain/task";
import { hasRun } from "../lifecycle/stop-reasons.ts";
import type { StoryStep } from "./story.ts";

/** How one container of a stopped task ended, as its agent told. */
export interface ContainerEnd {
  readonly name: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly healthStatus?: TaskContainer["healthStatus"];
}

/** How the containers of a stopped task ended, in a sentence each. */
export function containerEnds(task: Task): readonly StoryStep[] {
  if (task.lastStatus !== "STOPPED") return [];
  const at = task.executionStoppedAt ?? task.stoppedAt ?? task.createdAt;
  return task.containers.filter(isTold).map((container) => {
    const { name, exitCode, reason, healthStatus } = container;
    const end: ContainerEnd = {
      name,
      ...(exitCode !== undefined && { exitCode }),
      ...(reason !== undefined && { reason }),
      ...(healthStatus !== undefined && { healthStatus }),
    };
    return { at, text: endText(container), cause: { kind: "container", ...end } };
  });
}

/** Of the others nothing is known but that they are gone. */
const isTold = ({ exitCode, reason }: TaskContainer): boolean =>
  exitCode !== undefined || reason !== undefined;

function endText(container: TaskContainer): string {
  const { name, exitCode, reason, healthStatus } = container;
  const why = reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`;
  if (!hasRun(container)) return `Container ${name} did not start${why}.`;
  const health = healthStatus === "UNHEALTHY" ? ", UNHEALTHY by its health check" : "";
  return `Container ${name} exited with code ${exitCode}${meaningOf(exitCode)}${health}${why}.`;
}

/** Names of the signals that end containers in practice. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

/** Shells and Docker tell the end by signal N as 128 + N. */
const FIRST_SIGNAL_CODE = 128;

const OTHER_CODES: Readonly<Record<number, string>> = {
  126: "its command cannot be executed",
  127: "its command was not found",
};

function meaningOf(exitCode = 0): string {
  const signal = SIGNALS[exitCode - FIRST_SIGNAL_CODE];
  const meaning = signal === undefined ? OTHER_CODES[exitCode] : `ended by ${signal}`;
  return meaning === undefined ? "" : ` (${meaning})`;
}
