import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { ProviderShare } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { Deployment, Service } from "@berth/domain/service";
import { checkStrategy, type ProvidingCluster } from "./provider-strategy.ts";
import { checkDaemonCapacity } from "./scheduling-strategy.ts";
import { unsupported } from "./unsupported.ts";

interface ServiceBefore {
  readonly before: Pick<Service, "schedulingStrategy">;
  readonly primary: Deployment;
}

type Strategy = readonly ProviderShare[] | undefined;

/**
 * The strategy of a service's next deployment: that of its PRIMARY one, unless the update gives
 * another. An empty one goes back to the launch type. A change is not made by the way.
 *
 * @throws EcsError InvalidParameterException, UnsupportedFeatureException
 */
export function changedStrategy(
  cluster: ProvidingCluster,
  { capacityProviderStrategy: given, forceNewDeployment }: EcsRequest<"UpdateService">,
  { before, primary }: ServiceBefore,
): { readonly capacityProviderStrategy?: readonly ProviderShare[] } {
  const { capacityProviderStrategy: current } = primary;
  const wanted = given === undefined ? current : wantedStrategy(cluster, given);
  checkDaemonCapacity(before, wanted);
  if (!forceNewDeployment && !isSame(current, wanted)) {
    throw new EcsError(
      "InvalidParameterException",
      "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
    );
  }
  return wanted ? { capacityProviderStrategy: wanted } : {};
}

function wantedStrategy(
  cluster: ProvidingCluster,
  given: NonNullable<EcsRequest<"UpdateService">["capacityProviderStrategy"]>,
): Strategy {
  if (given.length === 0) return undefined;
  const capacity = checkStrategy(cluster, given);
  if (capacity.launchType === "FARGATE") throw unsupported("launch type FARGATE");
  return capacity.capacityProviderStrategy;
}

/** Whatever order they are named in. */
const isSame = (a: Strategy, b: Strategy): boolean => textOf(a) === textOf(b);

const textOf = (strategy: Strategy): string =>
  (strategy ?? [])
    .map(({ capacityProvider, weight, base }) => `${capacityProvider} ${weight} ${base}`)
    .toSorted()
    .join();
