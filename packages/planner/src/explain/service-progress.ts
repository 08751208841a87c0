import type { Deployment, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { boundsOf } from "../service/bounds.ts";
import { countHealthy, countOccupying, isPending, takeCensus } from "../service/census.ts";
import type { Census } from "../service/census.ts";
import { primaryOf } from "../service/primary-deployment.ts";

/** One thing that a service does or waits for. Times are epoch ms. */
export interface ProgressNote {
  readonly kind:
    | "removed"
    | "steady"
    | "failed"
    | "throttled"
    | "unplaced"
    | "starting"
    | "warming"
    | "stopping"
    | "draining"
    | "atCeiling"
    | "atFloor";
  readonly text: string;
  readonly since?: number;
  /** When time alone changes it, at the latest. */
  readonly until?: number;
}

export interface ServiceFacts {
  readonly service: Service;
  /** All that are not archived. */
  readonly tasks: readonly Task[];
  /** Names of essential containers with a health check, by task definition name. */
  readonly checkedContainers: Readonly<Record<string, readonly string[]>>;
  readonly healthyAfterMs: number;
  /** When the service is looked at next, whatever happens until then. */
  readonly nextLookAt?: number;
  readonly now: number;
}

/** Why a service is not yet as it shall be, or that it is. */
export function explainProgress(facts: ServiceFacts): readonly ProgressNote[] {
  const { service } = facts;
  const census = censusOf(facts);
  if (service.status !== "ACTIVE") return [removal(service, census)];
  const notes = [
    ...deploymentNotes(primaryOf(service.deployments), facts.now),
    ...unplacedNotes(facts),
    ...taskNotes(census),
    ...boundNotes(service, census),
  ];
  const { desiredCount } = service;
  if (notes.length > 0 || countHealthy(census.kept) !== desiredCount) return notes;
  return [
    { kind: "steady", text: `All ${count(desiredCount, "task")} that it shall have are healthy.` },
  ];
}

function censusOf({
  service,
  tasks,
  checkedContainers,
  healthyAfterMs,
  now,
}: ServiceFacts): Census {
  const rules = {
    primaryId: primaryOf(service.deployments).id,
    plannedStops: new Set((service.plannedStops ?? []).map(({ taskId }) => taskId)),
    checkedContainers,
    healthyAfterMs,
    gracePeriodMs: (service.healthCheckGracePeriodSeconds ?? 0) * 1_000,
  };
  return takeCensus(tasks, rules, now);
}

function removal({ status, latestChange }: Service, census: Census): ProgressNote {
  const left = countOccupying(census);
  return {
    kind: "removed",
    text: `It is ${status}, deleted: ${count(left, "task")} of it ${left === 1 ? "is" : "are"} left to stop.`,
    ...(latestChange && { since: latestChange.at }),
  };
}

function deploymentNotes(primary: Deployment, now: number): readonly ProgressNote[] {
  const { id, rolloutState, rolloutStateReason, throttledUntil = 0, failedRounds = 0 } = primary;
  if (rolloutState === "FAILED") {
    const text = `Deployment ${id} FAILED, so that nothing more is started for it: ${rolloutStateReason}`;
    return [{ kind: "failed", text, since: primary.updatedAt }];
  }
  if (throttledUntil <= now) return [];
  const text = `Starts of deployment ${id} are held back after ${count(failedRounds, "round")} of failed starts.`;
  return [{ kind: "throttled", text, until: throttledUntil }];
}

function unplacedNotes({ service, nextLookAt }: ServiceFacts): readonly ProgressNote[] {
  const times = service.plannedStarts.flatMap(({ unplaced }) => (unplaced ? [unplaced.since] : []));
  if (times.length === 0) return [];
  return [
    {
      kind: "unplaced",
      text: `${count(times.length, "task")} ${times.length === 1 ? "finds" : "find"} no container instance; tried again as soon as one joins or has room.`,
      since: Math.min(...times),
      ...(nextLookAt !== undefined && { until: nextLookAt }),
    },
  ];
}

function taskNotes(census: Census): readonly ProgressNote[] {
  const { kept, replaced, leaving, changesAt } = census;
  const pending = kept.filter(isPending).length;
  const warming = kept.length - pending - countHealthy(kept);
  const draining = replaced.filter(({ task }) => task.draining === true).length;
  return [
    ...(pending > 0
      ? [
          {
            kind: "starting" as const,
            text: `${count(pending, "task")} PENDING: not started by their agents yet.`,
          },
        ]
      : []),
    ...(warming > 0
      ? [
          {
            kind: "warming" as const,
            text: `${count(warming, "task")} RUNNING, and not yet proven healthy.`,
            ...(changesAt !== undefined && { until: changesAt }),
          },
        ]
      : []),
    ...(draining > 0
      ? [
          {
            kind: "draining" as const,
            text: `${count(draining, "task")} on instances that drain, to be replaced.`,
          },
        ]
      : []),
    ...(leaving.length > 0
      ? [
          {
            kind: "stopping" as const,
            text: `${count(leaving.length, "task")} asked to stop, and not STOPPED yet.`,
          },
        ]
      : []),
  ];
}

/** Where the corridor of the rollout is what a start or a stop waits for. */
function boundNotes(service: Service, census: Census): readonly ProgressNote[] {
  const { desiredCount, deploymentConfiguration, plannedStarts } = service;
  const { minimumHealthyPercent, maximumPercent } = deploymentConfiguration;
  const { floor, ceiling } = boundsOf(desiredCount, deploymentConfiguration);
  const missing = desiredCount - census.kept.length - plannedStarts.length;
  const occupying = countOccupying(census) + plannedStarts.length;
  const healthy = countHealthy(census.kept) + countHealthy(census.replaced);
  const isAtCeiling = missing > 0 && occupying >= ceiling;
  const isAtFloor = census.replaced.length > 0 && healthy <= floor;
  return [
    ...(isAtCeiling
      ? [
          {
            kind: "atCeiling" as const,
            text: `No task may start before another one stops: maximumPercent ${maximumPercent} of ${desiredCount} allows ${ceiling}, and there are ${occupying}.`,
          },
        ]
      : []),
    ...(isAtFloor
      ? [
          {
            kind: "atFloor" as const,
            text: `No old task may stop before a new one is healthy: minimumHealthyPercent ${minimumHealthyPercent} of ${desiredCount} asks for ${floor}, and ${healthy} ${healthy === 1 ? "is" : "are"} healthy.`,
          },
        ]
      : []),
  ];
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
