import type { Deployment, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { takeCensus } from "./census.ts";
import type { Census } from "./census.ts";
import { followAlarms } from "./deployment-alarms.ts";
import type { AlarmFindings } from "./deployment-alarms.ts";
import { countFailures, failedAlready } from "./failures.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { openStopsOf } from "./planned-stops.ts";
import { primaryOf } from "./primary-deployment.ts";
import type { HealthRules } from "./task-condition.ts";
import { isThrottled } from "./throttle.ts";
import { judgeDeployment } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** What became of the earlier decisions. */
export interface Stock {
  readonly countedFailures: readonly string[];
  /** What the alarms of the deployment said. */
  readonly alarms: AlarmFindings;
  readonly verdict: Verdict;
  readonly primary: Deployment;
  readonly census: Census;
  /** No further starts now: the deployment FAILED, or is throttled. */
  readonly held: boolean;
}

export function takeStock(snapshot: ServiceSnapshot): Stock {
  const { service, tasks, now, settings } = snapshot;
  const rules = healthRulesOf(snapshot, service.deployments);
  const context = { rules, settings, now };
  const counted = countFailures(service, tasks, context);
  const alarms = followAlarms(snapshot);
  const triggeredAlarms = alarms.triggered;
  const verdict = judgeDeployment({ ...service, ...counted, triggeredAlarms }, now);
  const primary = primaryOf(verdict.deployments);
  const isGoneBack = verdict.failure?.deploymentId !== undefined;
  return {
    countedFailures: isGoneBack
      ? [...counted.countedFailures, ...failedAlready(primary, tasks, context)]
      : counted.countedFailures,
    alarms,
    verdict,
    primary,
    census: censusOf(snapshot, tasks, verdict.deployments),
    held: primary.rolloutState === "FAILED" || isThrottled(primary, now),
  };
}

/** What a census depends on. */
export type CensusFacts = Pick<
  ServiceSnapshot,
  "service" | "settings" | "checkedContainers" | "now"
>;

export const censusOf = (
  snapshot: CensusFacts,
  tasks: readonly Task[],
  deployments: readonly Deployment[],
): Census =>
  takeCensus(
    tasks,
    {
      ...healthRulesOf(snapshot, deployments),
      primaryId: deployments[0]?.id,
      plannedStops: new Set(
        openStopsOf(snapshot.service, tasks, snapshot.now).map((stop) => stop.taskId),
      ),
    },
    snapshot.now,
  );

/** Where failures are watched for, no task may count as healthy before it had time to fail. */
function healthRulesOf(
  { service, settings, checkedContainers }: CensusFacts,
  deployments: readonly Deployment[],
): HealthRules {
  const [primary] = deployments;
  const isOnProbation = primary?.rolloutState === "IN_PROGRESS" && isWatched(service);
  return {
    checkedContainers,
    healthyAfterMs: settings.healthyAfterMs,
    gracePeriodMs: (service.healthCheckGracePeriodSeconds ?? 0) * 1000,
    ...(isOnProbation && {
      probation: { deploymentId: primary.id, healthyAfterMs: settings.provenAfterMs },
    }),
  };
}

const isWatched = ({ deploymentConfiguration }: Service): boolean =>
  deploymentConfiguration.deploymentCircuitBreaker?.enable ?? false;
