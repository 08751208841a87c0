import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";

type Request = EcsRequest<"CreateCluster">;

const INSIGHTS = ["enabled", "disabled", "enhanced"];
/** The only providers there are before any is made: ECS's own. */
const BUILT_IN_PROVIDERS: ReadonlySet<string> = new Set(["FARGATE", "FARGATE_SPOT"]);

/** @throws EcsError InvalidParameterException, in ECS's words */
export function checkClusterConfiguration(request: Request): void {
  for (const fault of faults(request)) throw new EcsError("InvalidParameterException", fault);
}

function* faults(request: Request): Generator<string> {
  yield* settingFaults(request);
  yield* providerFaults(request);
  yield* strategyFaults(request);
  yield* executeCommandFaults(request);
}

function* settingFaults({ settings = [] }: Request): Generator<string> {
  for (const { name, value = "" } of settings) {
    if (!INSIGHTS.includes(value)) yield `${name} should be one of [${INSIGHTS.join(",")}]`;
  }
}

function* providerFaults({ capacityProviders = [] }: Request): Generator<string> {
  if (!capacityProviders.every((name) => BUILT_IN_PROVIDERS.has(name))) {
    yield "The specified capacity provider does not exist. Specify a valid name or ARN and try again.";
  }
}

function* strategyFaults(request: Request): Generator<string> {
  const { capacityProviders = [], defaultCapacityProviderStrategy: strategy = [] } = request;
  if (strategy.filter(({ base }) => base).length > 1) {
    yield "The specified capacity provider strategy contains multiple capacity providers with a base value defined";
  }
  if (strategy.some((item) => !capacityProviders.includes(item.capacityProvider ?? ""))) {
    yield "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster";
  }
}

function* executeCommandFaults({ configuration }: Request): Generator<string> {
  const { logging, logConfiguration } = configuration?.executeCommandConfiguration ?? {};
  if (logConfiguration && logging !== "OVERRIDE") {
    yield "You must set logging to 'OVERRIDE' when you supply a log configuration";
  }
  const target = logConfiguration?.cloudWatchLogGroupName ?? logConfiguration?.s3BucketName;
  if (logging === "OVERRIDE" && !target) {
    yield "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration";
  }
}
