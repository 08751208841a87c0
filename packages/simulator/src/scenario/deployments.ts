import type { Deployment, Service } from "@berth/domain/service";
import type { ClusterListener, ClusterView } from "../world/cluster-view.ts";
import type { Scheduler } from "../world/scheduler.ts";
import { isFailedIn } from "../world/failed-deployment.ts";
import type { DeploymentReport, Verdict } from "./report.ts";

/** Follows every deployment to its verdict. */
export class Deployments implements ClusterListener {
  readonly #reports = new Map<string, DeploymentReport>();
  readonly #clock: Scheduler;
  readonly #start: number;

  constructor(view: ClusterView, clock: Scheduler) {
    this.#clock = clock;
    this.#start = clock.now;
    view.listeners.push(this);
  }

  /** In the order in which they began. */
  get reports(): readonly DeploymentReport[] {
    return [...this.#reports.values()];
  }

  onService(before: Service | undefined, after: Service): void {
    const known = new Set(before?.deployments.map(({ id }) => id));
    for (const deployment of after.deployments) {
      if (!known.has(deployment.id)) this.#begin(after.name, deployment);
    }
    const left = new Set(after.deployments.map(({ id }) => id));
    for (const deployment of [...(before?.deployments ?? []), ...after.deployments]) {
      this.#judge(deployment, after, left.has(deployment.id));
    }
  }

  #begin(service: string, { id, taskDefinition }: Deployment): void {
    this.#reports.set(id, {
      service,
      deploymentId: id,
      taskDefinition,
      startedMs: this.#clock.now - this.#start,
      verdict: "IN_PROGRESS",
    });
  }

  #judge(deployment: Deployment, service: Service, isLeft: boolean): void {
    const report = this.#reports.get(deployment.id);
    if (report?.verdict !== "IN_PROGRESS") return;
    const verdict = verdictOf(deployment, service, isLeft);
    if (verdict === "IN_PROGRESS") return;
    const endedMs = this.#clock.now - this.#start;
    this.#reports.set(deployment.id, { ...report, verdict, endedMs });
  }
}

function verdictOf(deployment: Deployment, service: Service, isLeft: boolean): Verdict {
  if (isFailedIn(deployment, service)) return "FAILED";
  if (deployment.rolloutState === "COMPLETED") return "COMPLETED";
  return isLeft ? "IN_PROGRESS" : "SUPERSEDED";
}
