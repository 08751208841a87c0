import { setTimeout as delay } from "node:timers/promises";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { endWithReader } from "../streams/end-with-reader.ts";
import { followTask, type LogsWanted } from "../streams/follow-task.ts";
import { runningTasks } from "../streams/service-tasks.ts";
import { clusterOf } from "../streams/task-path.ts";
import type { TargetOptions } from "../target.ts";
import type { Subject } from "../why-subject.ts";
import { type Berth, withBerth } from "../with-berth.ts";

export interface LogsOptions extends TargetOptions {
  readonly cluster?: string;
  readonly container?: string;
  readonly follow: boolean;
  readonly tail?: number;
  /** ISO 8601. */
  readonly since?: string;
  readonly timestamps: boolean;
}

/** How soon a service's new tasks are followed. */
const LOOK_MS = 1_000;
/** Of a task's id: its beginning is the same for all tasks of a service. */
const SHOWN_DIGITS = 8;

/** `berth logs`: what a task, or all tasks of a service, wrote and write. Returns the exit code. */
export async function logs(subject: Subject, options: LogsOptions): Promise<number> {
  endWithReader();
  const { container, follow, tail, since, timestamps } = options;
  const wanted: LogsWanted = {
    cluster: clusterOf(subject, options),
    follow,
    timestamps,
    ...(container !== undefined && { container }),
    ...(tail !== undefined && { tail }),
    ...(since !== undefined && { since }),
  };
  let isWhole = true;
  const code = await withBerth(options, async (berth) => {
    if (subject.kind === "task") await logsOfTask(berth, subject.name, wanted);
    else isWhole = await logsOfService(berth, subject.name, wanted);
  });
  return code === EXIT_CODES.ok && !isWhole ? EXIT_CODES.failure : code;
}

/** Its containers are named before their lines where there are several. */
async function logsOfTask(berth: Berth, task: string, wanted: LogsWanted): Promise<void> {
  const path = `/v1/clusters/${encodeURIComponent(wanted.cluster)}/tasks/${task}`;
  const { task: described } = (await berth("GET", path)) as {
    readonly task: { readonly containers: readonly unknown[] };
  };
  const isOne = wanted.container !== undefined || described.containers.length === 1;
  const prefixOf = (container: string) => (isOne ? "" : `${container} | `);
  await followTask(berth, { task, prefixOf }, wanted);
}

/** Those that run; where they are followed, also those that come. Whether nothing went wrong. */
async function logsOfService(berth: Berth, service: string, wanted: LogsWanted): Promise<boolean> {
  // Of a task that comes later everything is new.
  const { tail: _, since: _1, ...whole } = wanted;
  const following = new Map<string, Promise<boolean>>();
  let next = wanted;
  do {
    for (const task of await runningTasks(berth, wanted.cluster, service)) {
      if (!following.has(task)) following.set(task, logsOfOne(berth, task, next));
    }
    next = whole;
    if (wanted.follow) await delay(LOOK_MS);
  } while (wanted.follow);
  return (await Promise.all(following.values())).every(Boolean);
}

/** What goes wrong with one task is said, and keeps the others from nothing. */
async function logsOfOne(berth: Berth, task: string, wanted: LogsWanted): Promise<boolean> {
  const shown = task.slice(-SHOWN_DIGITS);
  const prefixOf = (container: string) => `${shown}/${container} | `;
  try {
    await followTask(berth, { task, prefixOf }, wanted);
    return true;
  } catch (error) {
    process.stderr.write(`berth: ${shown}: ${(error as Error).message}\n`);
    return false;
  }
}
