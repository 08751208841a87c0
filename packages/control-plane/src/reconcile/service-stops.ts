import type { Task } from "@berth/domain/task";
import { orderStop } from "@berth/planner/lifecycle/task-lifecycle";
import type { ServicePlan } from "@berth/planner/service/plan-service";
import type { Stored } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { sourceCause } from "../placement/service-launch.ts";
import { releaseReservations } from "../placement/reservations.ts";
import { withDue } from "./persist.ts";
import { tellAgents } from "./tell-agents.ts";

/**
 * Orders the planned stops. A task that changed meanwhile is left to the next round. Until all are
 * obeyed the service has its mark, so that the tasks need none.
 */
export async function orderStops(
  controlPlane: ControlPlane,
  { service, stops }: Pick<ServicePlan, "service" | "stops">,
  tasks: ReadonlyMap<string, Stored<Task>>,
): Promise<void> {
  const now = controlPlane.now();
  const ordered = await Promise.all(
    stops.map(async ({ taskId, stopCode, reason }) => {
      const task = tasks.get(taskId);
      const cause = sourceCause(service, task?.startedBy ?? "");
      const stopped = task && orderStop(task, { stopCode, reason, cause }, now);
      if (!task || !stopped) return [];
      const { version, due } = task;
      const next = withDue<Task>({ ...stopped, version }, due);
      const outcome = await controlPlane.store.tasks.replace(next);
      return outcome === "ok" ? [stopped] : [];
    }),
  );
  await tellAgents(controlPlane, ordered.flat());
}

/**
 * Gives back what stopped tasks hold, one write for each instance, and then moves them to the
 * archive: until that is done their marks bring us back here.
 */
export async function archiveStopped(
  controlPlane: ControlPlane,
  tasks: readonly Stored<Task>[],
): Promise<void> {
  const byInstance = Map.groupBy(tasks, (task) => task.containerInstanceId);
  await Promise.all(
    [...byInstance].map(async ([containerInstanceId, stopped]) => {
      const [cluster = ""] = stopped.map((task) => task.cluster);
      const taskIds = stopped.map((task) => task.id);
      await releaseReservations(controlPlane, cluster, containerInstanceId, taskIds);
      await Promise.all(stopped.map(async (task) => controlPlane.store.tasks.archive(task)));
    }),
  );
}
