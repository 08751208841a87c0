import type { Deployment, Service } from "@berth/domain/service";
import { isTerminal } from "@berth/domain/service-deployment";
import type {
  RevisionTasks,
  ServiceDeployment,
  ServiceDeploymentEnd,
  ServiceDeploymentStatus,
} from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { countsOf } from "./revision-tasks.ts";
import { thresholdOf } from "./circuit-breaker.ts";
import type { Failure } from "./verdict.ts";

/** Where a pass leaves the deployments of a service. */
export interface Progress {
  /** As they are now, PRIMARY first. */
  readonly deployments: readonly Deployment[];
  /** Present where the PRIMARY one failed in this pass. */
  readonly failure?: Failure | undefined;
}

type Recorded = Pick<Service, "serviceDeployments" | "desiredCount" | "deploymentConfiguration">;

/**
 * Moves the records of a service's changes on: the latest follows the PRIMARY deployment to its
 * verdict, those before it are STOPPED once nothing of them is left. The very same list where
 * nothing changed. Source: ECS API reference, ServiceDeployment.
 */
export function settleServiceDeployments(
  service: Recorded,
  tasks: readonly Task[],
  progress: Progress,
  now: number,
): readonly ServiceDeployment[] {
  const [latest, ...superseded] = service.serviceDeployments;
  if (!latest) return service.serviceDeployments;
  const move = (record: ServiceDeployment, step: Step): ServiceDeployment => {
    if (isTerminal(record)) return record;
    const begun = record.startedAt === undefined ? { ...record, startedAt: now } : record;
    const moved = step(begun, progress, now);
    if (moved === record) return record;
    return concluded({ ...moved, updatedAt: now }, { service, tasks, ...progress });
  };
  const followed = move(latest, followPrimary);
  const step = isTerminal(followed) ? endSuperseded : stopSuperseded;
  const settled = [followed, ...superseded.map((record) => move(record, step))];
  const isUnchanged = settled.every((each, index) => each === service.serviceDeployments[index]);
  return isUnchanged ? service.serviceDeployments : settled;
}

type Step = (record: ServiceDeployment, progress: Progress, now: number) => ServiceDeployment;

/** Those of a service that is being deleted: what is under way ends with it. */
export function stopAll(
  service: Recorded & Pick<Service, "deployments">,
  tasks: readonly Task[],
  now: number,
): readonly ServiceDeployment[] {
  const records = service.serviceDeployments;
  if (records.every(isTerminal)) return records;
  return records.map((record) => {
    if (isTerminal(record)) return record;
    const reason = "Service deployment stopped because the service was deleted.";
    const stopped = { ...stoppedRecord(record, now), statusReason: reason, updatedAt: now };
    return concluded(stopped, { service, tasks, deployments: service.deployments });
  });
}

/** Leaves out those whose verdict was committed before: by then each is an item of its own. */
export function withoutWritten(
  records: readonly ServiceDeployment[],
  before: readonly ServiceDeployment[],
): readonly ServiceDeployment[] {
  const written = new Set(before.filter(isTerminal).map(({ id }) => id));
  return records.filter(({ id }) => !written.has(id));
}

/** A rollback may be over in the pass that began it: where nothing of the failed one ever came up. */
function followPrimary(
  record: ServiceDeployment,
  { deployments: [primary], failure }: Progress,
  now: number,
): ServiceDeployment {
  const current = failure ? failedRecord(record, failure, now) : record;
  if (isTerminal(current)) return current;
  if (primary?.rolloutState === "COMPLETED") {
    const status = current.rollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
    return { ...current, status, finishedAt: now };
  }
  return current.status === "PENDING" ? { ...current, status: "IN_PROGRESS" } : current;
}

function failedRecord(
  record: ServiceDeployment,
  { rollback: isAskedFor, ...failure }: Failure,
  now: number,
): ServiceDeployment {
  const told = { ...record, statusReason: failure.reason, rollback: record.rollback ?? failure };
  if (failure.deploymentId !== undefined) return { ...told, status: "ROLLBACK_IN_PROGRESS" };
  if (record.rollback || isAskedFor) {
    return { ...told, status: "ROLLBACK_FAILED", finishedAt: now };
  }
  return stoppedRecord({ ...record, statusReason: failure.reason }, now);
}

/** A newer one has taken over: what it brought, or went back to, is no longer wanted. */
function stopSuperseded(
  record: ServiceDeployment,
  progress: Progress,
  now: number,
): ServiceDeployment {
  const deploymentId = record.rollback?.deploymentId ?? record.deploymentId;
  const isLeft = progress.deployments.slice(1).some(({ id }) => id === deploymentId);
  if (!isLeft) return endSuperseded(record, progress, now);
  return record.status === "STOP_REQUESTED" ? record : { ...record, status: "STOP_REQUESTED" };
}

const endSuperseded: Step = (record, _, now) => stoppedRecord(record, now);

const stoppedRecord = (record: ServiceDeployment, now: number): ServiceDeployment => ({
  ...record,
  status: "STOPPED" satisfies ServiceDeploymentStatus,
  stoppedAt: now,
  finishedAt: now,
});

interface Surroundings {
  readonly service: Pick<Service, "desiredCount" | "deploymentConfiguration">;
  readonly tasks: readonly Task[];
  readonly deployments: readonly Deployment[];
}

/** With the verdict the record takes along how things are: the service will go on changing. */
const concluded = (record: ServiceDeployment, around: Surroundings): ServiceDeployment =>
  isTerminal(record) ? { ...record, end: stateOf(record, around) } : record;

/** How things are with a deployment now. */
export function stateOf(
  record: ServiceDeployment,
  { service, tasks, deployments }: Surroundings,
): ServiceDeploymentEnd {
  const target = deployments.find(({ id }) => id === record.deploymentId);
  const ids = [record.deploymentId, ...record.sourceDeploymentIds];
  const primaryId = deployments[0]?.id;
  const counts = (id: string): RevisionTasks =>
    countsOf(tasks, id, id === primaryId ? service.desiredCount : undefined);
  return {
    failureCount: record.rollback?.failureCount ?? target?.failedTasks ?? 0,
    threshold: thresholdOf(service),
    deploymentConfiguration: service.deploymentConfiguration,
    tasks: Object.fromEntries(ids.map((id) => [id, counts(id)])),
  };
}
