import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { serviceNameOf } from "@berth/domain/task";
import { boundsOf } from "@berth/planner/service/bounds";
import type { Bounds } from "@berth/planner/service/bounds";
import type { ClusterListener, ClusterView } from "./cluster-view.ts";
import type { Scheduler } from "./scheduler.ts";

/** A bound that Berth itself broke: I3 is the ceiling, I4 the floor. */
export interface Violation {
  readonly invariant: "I3" | "I4";
  /** Epoch ms. */
  readonly at: number;
  readonly service: string;
  readonly text: string;
}

/** A decision holds to what was asked for when it was made. */
const ASKED_MEMORY_MS = 60_000;
/** How old a death, or a recovery, may be to excuse a stop that was decided before it was known. */
const UNKNOWN_MS = 3_000;

interface Asked extends Bounds {
  readonly at: number;
}

/**
 * Watches floor and ceiling of every REPLICA service at every start and every stop (I3, I4). Those of a
 * DAEMON go with the instances that suit it, of which this knows nothing.
 */
export class ServiceBounds implements ClusterListener {
  readonly violations: Violation[] = [];
  readonly #view: ClusterView;
  readonly #clock: Pick<Scheduler, "now">;
  readonly #asked = new Map<string, readonly Asked[]>();
  readonly #deaths = new Map<string, readonly number[]>();
  /** Of live tasks, epoch ms. */
  readonly #healthySince = new Map<string, number>();

  constructor(view: ClusterView, clock: Pick<Scheduler, "now">) {
    this.#view = view;
    this.#clock = clock;
    for (const service of view.services.values()) this.onService(undefined, service);
    view.listeners.push(this);
  }

  onService(
    _: Service | undefined,
    { name, desiredCount, deploymentConfiguration }: Service,
  ): void {
    const bounds = boundsOf(desiredCount, deploymentConfiguration);
    const history = this.#asked.get(name) ?? [];
    const last = history.at(-1);
    if (last?.floor === bounds.floor && last.ceiling === bounds.ceiling) return;
    this.#asked.set(name, [...history, { ...bounds, at: this.#clock.now }]);
  }

  onTask(before: Task | undefined, after: Task): void {
    const service = this.#view.services.get(serviceNameOf(after) ?? "");
    // Between task sets there are no bounds: an outside controller moves the tasks.
    if (service?.schedulingStrategy !== "REPLICA" || service.taskSets) return;
    this.#noteHealth(before, after);
    if (before) {
      if (this.#view.conditionOf(before) === "HEALTHY") this.#lookAtEnd(service, after);
    } else if (after.lastStatus !== "STOPPED") this.#checkCeiling(service, after.group);
  }

  #noteHealth(before: Task | undefined, after: Task): void {
    const [was, is] = [before, after].map((task) => task && this.#view.conditionOf(task));
    if (after.lastStatus === "STOPPED") this.#healthySince.delete(after.id);
    else if (is === "HEALTHY" && was !== is) this.#healthySince.set(after.id, this.#clock.now);
  }

  /** A pass that reads it earlier takes it for one that serves nobody yet. */
  #wasSeenHealthy({ id }: Task): boolean {
    return (this.#healthySince.get(id) ?? 0) <= this.#clock.now - UNKNOWN_MS;
  }

  #checkCeiling({ name }: Service, group: string): void {
    const ceiling = Math.max(1, ...this.#recent(name).map((asked) => asked.ceiling));
    const { total } = this.#view.tallyOf(group);
    if (total > ceiling) this.#break("I3", name, `${total} tasks, ceiling ${ceiling}`);
  }

  /** Of a task that was healthy. */
  #lookAtEnd({ name, status }: Service, after: Task): void {
    if (this.#view.conditionOf(after) === "HEALTHY") return;
    const { now } = this.#clock;
    const deaths = (this.#deaths.get(name) ?? []).filter((at) => at > now - UNKNOWN_MS);
    if (after.desiredStatus === "RUNNING" || after.lastStatus === "STOPPED") {
      this.#deaths.set(name, [...deaths, now]);
      return;
    }
    if (status !== "ACTIVE" || after.stopCode !== "ServiceSchedulerInitiated") return;
    if (!this.#wasSeenHealthy(after)) return;
    const floor = Math.min(...this.#recent(name).map((asked) => asked.floor));
    const { healthy } = this.#view.tallyOf(after.group);
    if (healthy + deaths.length < floor) {
      this.#break("I4", name, `a healthy task is stopped: ${healthy} are left, floor ${floor}`);
    }
  }

  #recent(name: string): readonly Bounds[] {
    const since = this.#clock.now - ASKED_MEMORY_MS;
    const history = this.#asked.get(name) ?? [];
    const last = history.findLast(({ at }) => at <= since);
    return [...(last ? [last] : []), ...history.filter(({ at }) => at > since)];
  }

  #break(invariant: Violation["invariant"], service: string, text: string): void {
    this.violations.push({ invariant, at: this.#clock.now, service, text });
  }
}
