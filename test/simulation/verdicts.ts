import { isTerminal, revisionIdOf } from "@berth/domain/service-deployment";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { isProtected } from "@berth/domain/task";
import { NEVER_HEALTHY } from "./images.ts";
import type { Snapshot } from "./invariants.ts";
import type { World } from "./world.ts";

/** Looks at what becomes of deployments, of protected tasks and of DAEMON services. */
export class Verdicts {
  readonly broken: string[] = [];
  readonly #final = new Map<string, string>();
  readonly #ended = new Map<
    string,
    { readonly service: Service; readonly record: ServiceDeployment }
  >();
  #before: Snapshot | undefined;

  check(after: Snapshot, now: number): void {
    const before = this.#before;
    this.#before = after;
    for (const service of after.services.values()) {
      this.#staysFinal(service);
      this.#fitsItsDeployment(service);
      if (service.schedulingStrategy === "DAEMON") this.#oneOnEach(service, after);
    }
    if (!before) return;
    for (const [id, task] of after.live) this.#sparesProtected(before.live.get(id), task, now);
  }

  /** What has a verdict and must not have had this one. */
  async falseSuccesses({ truth }: World): Promise<readonly string[]> {
    const judged = await Promise.all(
      [...this.#ended.values()].map(async ({ service, record }) => {
        if (record.status !== "SUCCESSFUL") return [];
        const id = revisionIdOf(record.deploymentId);
        const [revision] = await truth.serviceRevisions.findMany(service, [id]);
        const isFalse = revision?.containerImages.some(({ image }) => NEVER_HEALTHY.has(image));
        return isFalse || !revision ? [`I30 ${record.id} is SUCCESSFUL with ${id}`] : [];
      }),
    );
    return judged.flat();
  }

  /** I29 */
  #staysFinal(service: Service): void {
    for (const record of service.serviceDeployments) {
      const text = JSON.stringify(record);
      const final = this.#final.get(record.id);
      if (final !== undefined && final !== text) {
        this.broken.push(`I29 ${record.id} changed after its verdict: ${final} to ${text}`);
      }
      if (!isTerminal(record)) continue;
      this.#final.set(record.id, text);
      this.#ended.set(record.id, { service, record });
    }
  }

  /** I30 */
  #fitsItsDeployment({ name, deployments, serviceDeployments }: Service): void {
    const [primary] = deployments;
    const [latest] = serviceDeployments;
    if (!primary || !latest) return;
    const isOver = primary.rolloutState !== "IN_PROGRESS";
    if (isOver !== isTerminal(latest)) {
      this.broken.push(`I30 ${name} is ${primary.rolloutState}, its record ${latest.status}`);
    }
  }

  /** I31 */
  #sparesProtected(earlier: Task | undefined, task: Task, now: number): void {
    const isOrdered = earlier?.desiredStatus === "RUNNING" && task.desiredStatus === "STOPPED";
    if (!isOrdered || task.stopCode !== "ServiceSchedulerInitiated") return;
    const mayGo = earlier.draining || task.stoppedReason === "Task failed container health checks";
    if (isProtected(earlier, now) && !mayGo && task.group === "service:web") {
      this.broken.push(`I31 ${task.id} was stopped though it is protected`);
    }
  }

  /** I32 */
  #oneOnEach({ name }: Service, { live }: Snapshot): void {
    const mine = [...live.values()].filter(
      (task) => task.group === `service:${name}` && task.lastStatus !== "STOPPED",
    );
    const perInstance = Map.groupBy(mine, (task) => task.containerInstanceId);
    for (const [id, { length }] of perInstance) {
      if (length > 1) this.broken.push(`I32 ${name} has ${length} tasks on ${id}`);
    }
  }
}
