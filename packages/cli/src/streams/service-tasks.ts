import { idOf } from "../text.ts";
import type { Berth } from "../with-berth.ts";

/** As many as ListTasks tells at once; nobody may have more sessions either. */
const MOST = 100;

/** Ids of a service's tasks that run now. */
export async function runningTasks(
  berth: Berth,
  cluster: string,
  service: string,
): Promise<readonly string[]> {
  const tasks = `/v1/clusters/${encodeURIComponent(cluster)}/tasks`;
  const query = new URLSearchParams({
    serviceName: service,
    desiredStatus: "RUNNING",
    maxResults: String(MOST),
  });
  const { taskArns } = (await berth("GET", `${tasks}?${query}`)) as {
    readonly taskArns: readonly string[];
  };
  const states = await Promise.all(
    taskArns.map(async (arn) => {
      const { task } = (await berth("GET", `${tasks}/${idOf(arn)}`)) as {
        readonly task: { readonly lastStatus: string };
      };
      return { id: idOf(arn), isRunning: task.lastStatus === "RUNNING" };
    }),
  );
  return states.filter(({ isRunning }) => isRunning).map(({ id }) => id);
}
