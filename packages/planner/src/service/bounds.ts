import type { DeploymentConfiguration } from "@berth/domain/service";

export interface Bounds {
  /** So many tasks must stay healthy. */
  readonly floor: number;
  /** So many tasks may exist, whatever their state, until they are STOPPED. */
  readonly ceiling: number;
}

/**
 * The corridor of a rolling update. Minimum rounds up and maximum down, so that neither is ever
 * undercut. Source: ECS API reference, DeploymentConfiguration.
 */
export function boundsOf(
  desiredCount: number,
  configuration: Pick<DeploymentConfiguration, "minimumHealthyPercent" | "maximumPercent">,
): Bounds {
  return {
    floor: Math.ceil((desiredCount * configuration.minimumHealthyPercent) / 100),
    ceiling: Math.floor((desiredCount * configuration.maximumPercent) / 100),
  };
}
