import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { spreadsOverZones } from "@berth/planner/service/strategy-of";

const ZONE = "ecs.availability-zone";

type DaemonMembers = Pick<
  Service,
  "schedulingStrategy" | "placementStrategy" | "deploymentConfiguration"
>;

/**
 * Refuses what a DAEMON service cannot have.
 *
 * @param desiredCount As it was asked for.
 * @throws EcsError InvalidParameterException
 */
export function checkDaemon(service: DaemonMembers, desiredCount: number | undefined): void {
  if (service.schedulingStrategy !== "DAEMON") return;
  if (desiredCount !== undefined) {
    throw unfit("a desired count for services. Remove the desired count value and try again");
  }
  if (service.placementStrategy.length > 0) {
    throw unfit("placement strategies. Remove the placement strategy and try again");
  }
  if (service.deploymentConfiguration.maximumPercent > 100) {
    throw unfit("values above 100 for maximumPercent");
  }
}

/**
 * Refuses a DAEMON service with a strategy, its own or its cluster's by default. Source: the text
 * with which ECS refuses both.
 *
 * @throws EcsError InvalidParameterException
 */
export function checkDaemonCapacity(
  { schedulingStrategy }: { readonly schedulingStrategy?: string | undefined },
  strategy: readonly unknown[] | undefined,
): void {
  if (schedulingStrategy !== "DAEMON" || strategy === undefined) return;
  throw invalid(
    "Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.",
  );
}

type ZonedMembers = DaemonMembers & Pick<Service, "placementConstraints">;

/**
 * Whether a new service is evened out over the zones where nothing is said about it. Source: ECS API
 * reference, CreateService `availabilityZoneRebalancing`.
 */
export const defaultRebalancing = (service: ZonedMembers): Service["availabilityZoneRebalancing"] =>
  spreadsOverZones(service.placementStrategy) && whyNotRebalanced(service) === undefined
    ? "ENABLED"
    : "DISABLED";

/** @throws EcsError InvalidParameterException */
export function checkRebalancing(
  service: ZonedMembers & Pick<Service, "availabilityZoneRebalancing">,
): void {
  if (service.availabilityZoneRebalancing !== "ENABLED") return;
  const why = whyNotRebalanced(service);
  if (why !== undefined) throw invalid(`Availability Zone rebalancing does not support ${why}.`);
}

function whyNotRebalanced(service: ZonedMembers): string | undefined {
  if (service.schedulingStrategy === "DAEMON") return "the daemon scheduling strategy";
  if (service.deploymentConfiguration.maximumPercent <= 100) return "a maximumPercent of 100";
  const isZoned = service.placementConstraints.some(({ expression }) => expression?.includes(ZONE));
  return isZoned ? "placement constraints on the Availability Zone" : undefined;
}

const unfit = (what: string): EcsError =>
  invalid(`The daemon scheduling strategy does not support ${what}`);

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
