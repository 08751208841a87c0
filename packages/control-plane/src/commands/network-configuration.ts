import { isDeepStrictEqual } from "node:util";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { AwsvpcConfiguration } from "@berth/domain/awsvpc";
import { EcsError } from "@berth/domain/errors";
import type { TaskDefinition } from "@berth/domain/task-definition";

export type GivenNetwork = NonNullable<EcsRequest<"RunTask">["networkConfiguration"]>;
type GivenConfiguration = NonNullable<GivenNetwork["awsvpcConfiguration"]>;

/** Source: ECS API reference, AwsVpcConfiguration. */
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;
/** Longer than any id of EC2's. */
const MAX_ID_LENGTH = 255;

/**
 * Where the network interfaces of a task of this definition are to be; undefined where it has none of
 * its own. Whether there are such subnets and security groups nobody here knows.
 *
 * @throws EcsError InvalidParameterException
 */
export function checkNetwork(
  { networkMode }: Pick<TaskDefinition, "networkMode">,
  given: GivenNetwork | undefined,
): AwsvpcConfiguration | undefined {
  if (networkMode !== "awsvpc") {
    if (given) throw networkOfOtherMode();
    return undefined;
  }
  if (!given?.awsvpcConfiguration) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  return validConfiguration(given.awsvpcConfiguration);
}

/** What refuses a network for tasks that have no interface of their own. */
export const networkOfOtherMode = (): EcsError =>
  invalid("Network Configuration is not valid for the given networkMode of this task definition.");

function validConfiguration(given: GivenConfiguration): AwsvpcConfiguration {
  const { subnets = [], securityGroups = [], assignPublicIp = "DISABLED" } = given;
  if (subnets.length === 0) throw invalid("subnets can not be empty.");
  checkIds("subnets", subnets, MAX_SUBNETS);
  checkIds("securityGroups", securityGroups, MAX_SECURITY_GROUPS);
  if (assignPublicIp !== "DISABLED") {
    throw invalid("Assign public IP is not supported for this launch type.");
  }
  return { subnets, securityGroups, assignPublicIp };
}

function checkIds(member: string, ids: readonly string[], maxCount: number): void {
  if (ids.length > maxCount) throw invalid(`${member} can have at most ${maxCount} items.`);
  if (ids.some((id) => id.trim() === "")) throw invalid(`${member} can not contain blank items.`);
  if (ids.some((id) => id.length > MAX_ID_LENGTH)) {
    throw invalid(`An item of ${member} is longer than ${MAX_ID_LENGTH}.`);
  }
}

/** Whether they say the same, in whatever order. */
export const isSameNetwork = (
  a: AwsvpcConfiguration | undefined,
  b: AwsvpcConfiguration | undefined,
): boolean => isDeepStrictEqual(inOrder(a), inOrder(b));

const inOrder = (network: AwsvpcConfiguration | undefined) =>
  network && [network.subnets.toSorted(), network.securityGroups.toSorted()];

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
