import type { Deployment, Service, ThresholdConfiguration } from "@berth/domain/service";

const DEFAULT_THRESHOLD: ThresholdConfiguration = { type: "BOUNDED_PERCENT", value: 50 };
const LEAST_BOUNDED = 3;
const MOST_BOUNDED = 200;

/**
 * So many failed tasks fail a deployment: half of the desired count, but at least 3 and at most
 * 200, where the user has not said otherwise. Source: ECS API reference, ThresholdConfiguration.
 */
export function failureThreshold(
  desiredCount: number,
  { type, value } = DEFAULT_THRESHOLD,
): number {
  if (type === "COUNT") return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === "BOUNDED_PERCENT"
    ? Math.max(LEAST_BOUNDED, Math.min(MOST_BOUNDED, share))
    : Math.max(1, share);
}

/** The threshold of this service's deployments. */
export const thresholdOf = (
  service: Pick<Service, "desiredCount" | "deploymentConfiguration">,
): number =>
  failureThreshold(
    service.desiredCount,
    service.deploymentConfiguration.deploymentCircuitBreaker?.thresholdConfiguration,
  );

/**
 * Whether too many tasks of the deployment have failed. Both kinds count, those that never ran and
 * those that ran and exited or became unhealthy: ECS's stages one and two, without its blind spot
 * for tasks that exit.
 */
export const isTripped = (
  primary: Deployment,
  service: Pick<Service, "desiredCount" | "deploymentConfiguration">,
): boolean =>
  service.deploymentConfiguration.deploymentCircuitBreaker?.enable === true &&
  primary.failedTasks >= thresholdOf(service);
