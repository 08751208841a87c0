import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { DeploymentConfiguration } from "@berth/domain/service";

type ServiceDescription = NonNullable<EcsResponse<"CreateService">["service"]>;

/** Source: ECS API reference, DeploymentConfiguration. */
export const presentDeploymentConfiguration = ({
  alarms,
  ...others
}: DeploymentConfiguration): NonNullable<ServiceDescription["deploymentConfiguration"]> => ({
  ...others,
  ...(alarms && { alarms: { ...alarms, alarmNames: [...alarms.alarmNames] } }),
});
