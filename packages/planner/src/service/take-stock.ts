import type { Deployment, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { boundsOf } from "./bounds.ts";
import { countOccupying, takeCensus } from "./census.ts";
import type { Census } from "./census.ts";
import { countFailures } from "./failures.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { type SettledStarts, settlePlannedStarts } from "./planned-starts.ts";
import { openStopsOf } from "./planned-stops.ts";
import { primaryOf } from "./primary-deployment.ts";
import type { Rollout } from "./rollout.ts";
import { stopOrder } from "./stop-preference.ts";
import { strategyOf } from "./strategy-of.ts";
import type { HealthRules } from "./task-condition.ts";
import { isThrottled } from "./throttle.ts";
import { judgeDeployment } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** What became of the earlier decisions, and where that leaves the rollout. */
export interface Stock {
  readonly countedFailures: readonly string[];
  readonly verdict: Verdict;
  readonly primary: Deployment;
  readonly settled: SettledStarts;
  readonly rollout: Rollout;
}

export function takeStock(snapshot: ServiceSnapshot): Stock {
  const { service, tasks, now, settings } = snapshot;
  const { desiredCount } = service;
  const rules = healthRulesOf(snapshot, service.deployments);
  const counted = countFailures(service, tasks, { rules, settings, now });
  const verdict = judgeDeployment({ ...service, ...counted }, now);
  const primary = primaryOf(verdict.deployments);
  const census = censusOf(snapshot, tasks, verdict.deployments);
  const bounds = boundsOf(desiredCount, service.deploymentConfiguration);
  const settled = settlePlannedStarts(service.plannedStarts, {
    ...snapshot,
    primary,
    withdrawnStarts: service.withdrawnStarts ?? NONE,
    limit: Math.min(desiredCount - census.kept.length, bounds.ceiling - countOccupying(census)),
  });
  const rollout: Rollout = {
    desiredCount,
    bounds,
    primaryId: primary.id,
    census,
    planned: settled.planned,
    withdrawn: settled.withdrawn.length,
    stopOrder: stopOrder(strategyOf(service), snapshot.sites ?? {}),
    held: primary.rolloutState === "FAILED" || isThrottled(primary, now),
  };
  const { countedFailures } = counted;
  return { countedFailures, verdict, primary, settled, rollout };
}

export const NONE: readonly never[] = [];

export const censusOf = (
  snapshot: ServiceSnapshot,
  tasks: readonly Task[],
  deployments: readonly Deployment[],
): Census =>
  takeCensus(
    tasks,
    {
      ...healthRulesOf(snapshot, deployments),
      primaryId: primaryOf(deployments).id,
      plannedStops: new Set(
        openStopsOf(snapshot.service, tasks, snapshot.now).map((stop) => stop.taskId),
      ),
    },
    snapshot.now,
  );

/** Where failures are watched for, no task may count as healthy before it had time to fail. */
function healthRulesOf(
  { service, settings, checkedContainers }: ServiceSnapshot,
  deployments: readonly Deployment[],
): HealthRules {
  const primary = primaryOf(deployments);
  const isOnProbation = primary.rolloutState === "IN_PROGRESS" && isWatched(service);
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
