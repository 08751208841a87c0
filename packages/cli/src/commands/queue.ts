import type {
  QueuedRunDescription,
  QueuedRunExplanation,
  QueuedRunPage,
} from "@berth/contracts/rest/queued-runs";
import { queuedRunsText, queuedRunText } from "../queue-text.ts";
import { type ClusterOptions, pathOf, say, withBerth } from "../with-berth.ts";

export interface QueueRunOptions extends ClusterOptions {
  readonly count: number;
  /** Seconds. */
  readonly deadline: number;
  readonly clientToken?: string;
}

const PATH = "/v1/queued-runs";

/** `berth queue run`. Returns the exit code, as all of these do. */
export async function queueRun(taskDefinition: string, options: QueueRunOptions): Promise<number> {
  const { count, deadline, cluster, clientToken } = options;
  const body = {
    taskDefinition,
    count,
    ...(cluster !== undefined && { cluster }),
    ...(clientToken !== undefined && { clientToken }),
    waitForCapacity: { deadlineSeconds: deadline },
  };
  return withBerth(options, async (berth) => {
    const run = (await berth("POST", "/v1/tasks", body)) as QueuedRunDescription;
    say(options, run, queuedRunText(run));
  });
}

/** `berth queue list`: all of a cluster, page by page. */
export async function listQueue(options: ClusterOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const runs: QueuedRunDescription[] = [];
    let cursor: string | undefined;
    do {
      const path = pathOf(PATH, options, { ...(cursor !== undefined && { cursor }) });
      const page = (await berth("GET", path)) as QueuedRunPage;
      runs.push(...page.queuedRuns);
      cursor = page.next;
    } while (cursor !== undefined);
    say(options, runs, queuedRunsText(runs));
  });
}

/** `berth queue show` and `berth queue cancel`. */
export async function callOnQueued(
  method: "GET" | "DELETE",
  id: string,
  options: ClusterOptions,
): Promise<number> {
  return withBerth(options, async (berth) => {
    const path = pathOf(`${PATH}/${encodeURIComponent(id)}`, options);
    const run = (await berth(method, path)) as QueuedRunExplanation;
    say(options, run, queuedRunText(run));
  });
}
