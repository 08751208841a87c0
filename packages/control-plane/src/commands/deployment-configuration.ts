import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type {
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  Service,
  ThresholdConfiguration,
} from "@berth/domain/service";
import { validAlarms } from "./deployment-alarms.ts";
import { refuseUnsupported } from "./unsupported.ts";

type GivenConfiguration = NonNullable<EcsRequest<"CreateService">["deploymentConfiguration"]>;
type GivenBreaker = NonNullable<GivenConfiguration["deploymentCircuitBreaker"]>;

/** What ECS fills in. */
const COMMON_DEFAULTS = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  strategy: "ROLLING",
  bakeTimeInMinutes: 0,
};
export const DEFAULT_CONFIGURATIONS: Readonly<
  Record<Service["schedulingStrategy"], DeploymentConfiguration>
> = {
  REPLICA: { ...COMMON_DEFAULTS, maximumPercent: 200, minimumHealthyPercent: 100 },
  DAEMON: { ...COMMON_DEFAULTS, maximumPercent: 100, minimumHealthyPercent: 0 },
};

/**
 * The configuration with what was given; the rest stays as it was, or is ECS's default.
 *
 * @throws EcsError InvalidParameterException, UnsupportedFeatureException
 */
export function validDeploymentConfiguration(
  given: GivenConfiguration = {},
  current: DeploymentConfiguration = DEFAULT_CONFIGURATIONS.REPLICA,
): DeploymentConfiguration {
  refuseLater(given);
  const breaker = given.deploymentCircuitBreaker;
  const configuration: DeploymentConfiguration = {
    ...current,
    ...(given.alarms && { alarms: validAlarms(given.alarms) }),
    maximumPercent: given.maximumPercent ?? current.maximumPercent,
    minimumHealthyPercent: given.minimumHealthyPercent ?? current.minimumHealthyPercent,
    ...(breaker && {
      deploymentCircuitBreaker: validCircuitBreaker(breaker),
    }),
  };
  checkPercentages(configuration);
  return configuration;
}

function refuseLater(given: GivenConfiguration): void {
  const { strategy } = given;
  refuseUnsupported({
    [`deployment strategy ${strategy}`]: strategy !== undefined && strategy !== "ROLLING",
    "deployment lifecycle hooks": given.lifecycleHooks,
    "deployment bake time": (given.bakeTimeInMinutes ?? 0) > 0,
    "linear deployments": given.linearConfiguration,
    "canary deployments": given.canaryConfiguration,
    "early success criteria": given.earlySuccessCriteria?.enable,
  });
}

function validCircuitBreaker({
  enable = false,
  rollback = false,
  thresholdConfiguration,
  resetOnHealthyTask,
}: GivenBreaker): DeploymentCircuitBreaker {
  return {
    enable,
    rollback,
    ...(thresholdConfiguration && {
      thresholdConfiguration: validThreshold(thresholdConfiguration),
    }),
    ...(resetOnHealthyTask !== undefined && { resetOnHealthyTask }),
  };
}

/** Source: ECS API reference, ThresholdConfiguration; it leaves the least and most value unsaid. */
function validThreshold({
  type = "BOUNDED_PERCENT",
  value = 50,
}: NonNullable<GivenBreaker["thresholdConfiguration"]>): ThresholdConfiguration {
  if (value < 1) throw invalid("thresholdConfiguration value must be at least 1");
  if (type !== "COUNT" && value > 100) {
    throw invalid(`thresholdConfiguration value must be at most 100 for type ${type}`);
  }
  return { type, value };
}

function checkPercentages({
  maximumPercent,
  minimumHealthyPercent,
}: DeploymentConfiguration): void {
  if (minimumHealthyPercent > 100) throw invalid("minimumHealthyPercent must be at most 100");
  if (minimumHealthyPercent < 0) throw invalid("minimumHealthyPercent must be at least 0");
  if (maximumPercent < 100) throw invalid("maximumPercent must be at least 100");
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw invalid(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments",
    );
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
