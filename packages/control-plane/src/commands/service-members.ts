import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import { refuseUnsupported } from "./unsupported.ts";

/** Source: ECS service quotas, tasks per service. */
const MAX_DESIRED_COUNT = 5_000;
const MAX_GRACE_PERIOD_SECONDS = 2_147_483_647;

type GivenMembers = Pick<
  EcsRequest<"CreateService"> & EcsRequest<"UpdateService">,
  | "deploymentController"
  | "gatewayConnectors"
  | "loadBalancers"
  | "monitoring"
  | "serviceConnectConfiguration"
  | "serviceRegistries"
  | "vpcLatticeConfigurations"
>;

/**
 * Refuses what services can be given in ECS and not yet in Berth.
 *
 * @throws EcsError UnsupportedFeatureException
 */
export function refuseLaterMembers(request: GivenMembers): void {
  const controller = request.deploymentController?.type;
  refuseUnsupported({
    [`deployment controller ${controller}`]: controller === "CODE_DEPLOY",
    "load balancers": request.loadBalancers,
    "service registries": request.serviceRegistries,
    "Service Connect": request.serviceConnectConfiguration?.enabled,
    "VPC Lattice": request.vpcLatticeConfigurations,
    "gateway connectors": request.gatewayConnectors,
    monitoring: request.monitoring,
  });
}

/** @throws EcsError InvalidParameterException */
export function checkDesiredCount(count: number): void {
  if (count >= 0 && count <= MAX_DESIRED_COUNT) return;
  throw invalid(`desiredCount must be between 0 and ${MAX_DESIRED_COUNT}.`);
}

/** @throws EcsError InvalidParameterException */
export function checkGracePeriod(seconds: number | undefined): void {
  if (seconds === undefined || (seconds >= 0 && seconds <= MAX_GRACE_PERIOD_SECONDS)) return;
  throw invalid(`healthCheckGracePeriodSeconds must be between 0 and ${MAX_GRACE_PERIOD_SECONDS}.`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
