import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { serviceGroup, serviceNameOf } from "@berth/domain/task";
import type { ClusterListener, ClusterView } from "../world/cluster-view.ts";

/** Counts what tasks do, and how low and high services go. */
export class TaskCounts implements ClusterListener {
  placed = 0;
  started = 0;
  readonly stopped: Record<string, number> = {};
  readonly waited: Record<string, number> = {};
  readonly #view: ClusterView;
  readonly #extremes = new Map<string, { fewestHealthy: number; mostTasks: number }>();

  constructor(view: ClusterView) {
    this.#view = view;
    for (const name of view.services.keys()) this.#measure(name);
    view.listeners.push(this);
  }

  onTask(before: Task | undefined, after: Task): void {
    if (!before) this.placed += 1;
    if (after.lastStatus === "RUNNING" && before?.lastStatus !== "RUNNING") this.started += 1;
    if (after.lastStatus === "STOPPED" && before) add(this.stopped, stopText(after));
    const service = serviceNameOf(after);
    if (service !== undefined) this.#measure(service);
  }

  onService(before: Service | undefined, after: Service): void {
    const knew = new Set(
      before?.plannedStarts.flatMap(({ taskId, unplaced }) => (unplaced ? [taskId] : [])),
    );
    for (const { taskId, unplaced } of after.plannedStarts) {
      if (unplaced && !knew.has(taskId)) add(this.waited, unplaced.candidates[0]?.reason ?? "");
    }
    this.#measure(after.name);
  }

  extremesOf(service: string) {
    return this.#extremes.get(service) ?? { fewestHealthy: 0, mostTasks: 0 };
  }

  #measure(name: string): void {
    const { healthy, total } = this.#view.tallyOf(serviceGroup(name));
    const extremes = this.#extremes.get(name) ?? { fewestHealthy: healthy, mostTasks: total };
    extremes.fewestHealthy = Math.min(extremes.fewestHealthy, healthy);
    extremes.mostTasks = Math.max(extremes.mostTasks, total);
    this.#extremes.set(name, extremes);
  }
}

/** Ids and names would make every stop one of its own kind. */
function stopText({ stopCode, stoppedReason = "" }: Task): string {
  const reason = stoppedReason
    .replaceAll(/\(deployment ecs-svc\/\d+\)/g, "a deployment")
    .replaceAll(/\b[0-9a-f]{32}\b|\bi-[0-9a-f]{8,17}\b/g, "…");
  return stopCode === undefined ? reason : `${stopCode}: ${reason}`;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
