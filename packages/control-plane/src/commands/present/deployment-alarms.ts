import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { DeploymentAlarms } from "@berth/domain/service";
import { isTerminal } from "@berth/domain/service-deployment";
import type { ServiceDeployment } from "@berth/domain/service-deployment";

type ServiceDeploymentDescription = NonNullable<
  EcsResponse<"DescribeServiceDeployments">["serviceDeployments"]
>[number];

/**
 * What the alarms of a service deployment did. Where one was in ALARM when it began they are not
 * used, which ECS calls DISABLED. Source: ECS API reference, ServiceDeploymentAlarms.
 */
export function presentAlarms(
  record: ServiceDeployment,
  alarms: DeploymentAlarms | undefined,
): NonNullable<ServiceDeploymentDescription["alarms"]> {
  if (!alarms?.enable) return { status: "DISABLED" };
  const { triggered, alarmingBefore } = record.alarms ?? {};
  const alarmNames = [...alarms.alarmNames];
  if (triggered) return { status: "TRIGGERED", alarmNames, triggeredAlarmNames: [...triggered] };
  if (alarmingBefore) return { status: "DISABLED", alarmNames };
  return { status: isTerminal(record) ? "MONITORING_COMPLETE" : "MONITORING", alarmNames };
}
