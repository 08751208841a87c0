import { idOf } from "../text.ts";
import type { Berth } from "../with-berth.ts";

interface TaskPage {
  readonly taskArns: readonly string[];
  /** For the next page. */
  readonly next?: string;
}

/** Ids of a service's tasks that run now. */
export async function runningTasks(
  berth: Berth,
  cluster: string,
  service: string,
): Promise<readonly string[]> {
  const tasks = `/v1/clusters/${encodeURIComponent(cluster)}/tasks`;
  const ids = (await listTasks(berth, tasks, service)).map(idOf);
  const states = await Promise.all(
    ids.map(async (id) => {
      const { task } = (await berth("GET", `${tasks}/${id}`)) as {
        readonly task: { readonly lastStatus: string };
      };
      return task.lastStatus;
    }),
  );
  return ids.filter((_, index) => states[index] === "RUNNING");
}

async function listTasks(berth: Berth, path: string, service: string): Promise<readonly string[]> {
  const arns: string[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      serviceName: service,
      desiredStatus: "RUNNING",
      ...(cursor !== undefined && { cursor }),
    });
    const page = (await berth("GET", `${path}?${query.toString()}`)) as TaskPage;
    arns.push(...page.taskArns);
    cursor = page.next;
  } while (cursor !== undefined);
  return arns;
}
