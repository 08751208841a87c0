import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { AwsvpcConfiguration } from "@berth/domain/awsvpc";
import { EcsError } from "@berth/domain/errors";
import type { Deployment, Service } from "@berth/domain/service";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { checkDefinition } from "./launch-checks.ts";
import { checkNetwork, type GivenNetwork, networkOfOtherMode } from "./network-configuration.ts";

interface BeforeUpdate {
  readonly primary: Pick<Deployment, "networkConfiguration">;
  readonly launchType: Service["launchType"] | undefined;
  /** What the update gives the service; absent where it leaves it what it has. */
  readonly definition: TaskDefinition | undefined;
}

/**
 * Where the interfaces of tasks are to be from a service's next deployment on: where those of its
 * PRIMARY one are, unless the update says otherwise or brings a definition whose tasks have none.
 *
 * @throws EcsError InvalidParameterException, UnsupportedFeatureException
 */
export function changedNetwork(
  { primary, launchType = "EC2", definition }: BeforeUpdate,
  { networkConfiguration: given, platformVersion }: EcsRequest<"UpdateService">,
): AwsvpcConfiguration | undefined {
  const { networkConfiguration: current } = primary;
  if (definition) {
    const isKept = definition.networkMode === "awsvpc" && current !== undefined;
    const networkConfiguration = given ?? (isKept ? asGiven(current) : undefined);
    const launch = { launchType, networkConfiguration, platformVersion };
    return checkDefinition(definition, launch).networkConfiguration;
  }
  if (platformVersion) {
    throw invalid("The platform version must be null when specifying an EC2 launch type");
  }
  if (!given) return current;
  // Its definition is one of networkMode awsvpc exactly where it has a network.
  if (!current) throw networkOfOtherMode();
  return checkNetwork({ networkMode: "awsvpc" }, given);
}

const asGiven = ({ subnets, securityGroups, ...rest }: AwsvpcConfiguration): GivenNetwork => ({
  awsvpcConfiguration: { ...rest, subnets: [...subnets], securityGroups: [...securityGroups] },
});

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
