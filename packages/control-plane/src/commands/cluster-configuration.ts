import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import { EcsError } from "@berth/domain/errors";

type Request = EcsRequest<"CreateCluster">;

const INSIGHTS = ["enabled", "disabled", "enhanced"];
/** Source: ECS service quotas, capacity providers per cluster; ECS API reference, CapacityProviderStrategyItem. */
const MAX_PROVIDERS = 20;
/** Characters of JSON: far more than names of keys, groups and buckets need. */
const MAX_CONFIGURATION_LENGTH = 8_192;
/** Source: ECS API reference, ClusterServiceConnectDefaultsRequest. */
const MAX_NAMESPACE_LENGTH = 1_024;
/** The only providers there are before any is made: ECS's own. */
const BUILT_IN_PROVIDERS: ReadonlySet<string> = new Set(["FARGATE", "FARGATE_SPOT"]);

/**
 * What is given to make a cluster or to change one.
 *
 * @throws EcsError InvalidParameterException, in ECS's words
 */
export function checkClusterConfiguration(request: Omit<Request, "clusterName" | "tags">): void {
  for (const fault of faults(request)) throw new EcsError("InvalidParameterException", fault);
}

/** Settings that are known to be right. */
export const settingsGiven = (given: Request["settings"] = []): Cluster["settings"] =>
  given.map(({ name = "", value = "" }) => ({ name, value }));

function* faults(request: Request): Generator<string> {
  yield* settingFaults(request);
  yield* providerFaults(request);
  yield* strategyFaults(request);
  yield* executeCommandFaults(request);
  yield* lengthFaults(request);
}

/** A cluster with all that was given is one item of the table. */
function* lengthFaults({ configuration, serviceConnectDefaults }: Request): Generator<string> {
  if (JSON.stringify(configuration ?? {}).length > MAX_CONFIGURATION_LENGTH) {
    yield `configuration must have at most ${MAX_CONFIGURATION_LENGTH} characters.`;
  }
  if ((serviceConnectDefaults?.namespace ?? "").length > MAX_NAMESPACE_LENGTH) {
    yield `serviceConnectDefaults.namespace must have at most ${MAX_NAMESPACE_LENGTH} characters.`;
  }
}

function* settingFaults({ settings = [] }: Request): Generator<string> {
  for (const { name, value = "" } of settings) {
    if (name === undefined) yield "settings must have a name each.";
    if (!INSIGHTS.includes(value)) yield `${name} should be one of [${INSIGHTS.join(",")}]`;
  }
  const names = settings.map(({ name }) => name);
  if (new Set(names).size < names.length) yield "settings must have each name once.";
}

function* providerFaults({ capacityProviders = [] }: Request): Generator<string> {
  if (capacityProviders.length > MAX_PROVIDERS) {
    yield `capacityProviders can have at most ${MAX_PROVIDERS} items.`;
  }
  if (!capacityProviders.every((name) => BUILT_IN_PROVIDERS.has(name))) {
    yield "The specified capacity provider does not exist. Specify a valid name or ARN and try again.";
  }
}

function* strategyFaults(request: Request): Generator<string> {
  const { capacityProviders = [], defaultCapacityProviderStrategy: strategy = [] } = request;
  if (strategy.length > MAX_PROVIDERS) {
    yield `defaultCapacityProviderStrategy can have at most ${MAX_PROVIDERS} items.`;
  }
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
