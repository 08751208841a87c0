import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { DeploymentAlarms } from "@berth/domain/service";

type GivenConfiguration = NonNullable<EcsRequest<"CreateService">["deploymentConfiguration"]>;
type GivenAlarms = NonNullable<GivenConfiguration["alarms"]>;

/** A look at the alarms of one deployment is one request to CloudWatch, which names no more. */
const MAX_ALARMS = 100;
/** Source: CloudWatch API reference, DescribeAlarms. */
const MAX_NAME_LENGTH = 255;

/**
 * Alarms of a deployment. Whether there are such alarms is not asked, as ECS does not: one may be
 * made after the service that it watches. Source: ECS API reference, DeploymentAlarms.
 *
 * @throws EcsError InvalidParameterException
 */
export function validAlarms({ alarmNames, enable, rollback }: GivenAlarms): DeploymentAlarms {
  const names = [...new Set(alarmNames)];
  if (enable && names.length === 0) {
    throw invalid("alarmNames must contain at least one alarm name when alarms are enabled.");
  }
  if (names.length > MAX_ALARMS) {
    throw invalid(`alarmNames must contain at most ${MAX_ALARMS} alarm names.`);
  }
  if (!names.every(isAlarmName)) {
    throw invalid(`Alarm names must have between 1 and ${MAX_NAME_LENGTH} characters.`);
  }
  return { alarmNames: names, enable: enable ?? false, rollback: rollback ?? false };
}

const isAlarmName = (name: string): boolean => name.length >= 1 && name.length <= MAX_NAME_LENGTH;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
