import { createHash } from "node:crypto";
import type { RunTaskCommandInput, TaskOverride } from "@aws-sdk/client-ecs";
import { isObject } from "../pattern/read-pattern.ts";
import type { EcsParameters, RuleTarget } from "../rule-target.ts";
import type { NewDelivery } from "./outbox.ts";

/**
 * The RunTask that a cluster is asked for an event. Asked again for the same one it is the same: a repeated
 * delivery starts nothing new. Source: EventBridge API reference, EcsParameters.
 *
 * @param input what the target is sent: a task override, as on AWS
 * @throws Error where it is none
 */
export function runTaskRequest(
  target: RuleTarget & { readonly EcsParameters: EcsParameters },
  delivery: NewDelivery,
  input: string,
): RunTaskCommandInput {
  const { EcsParameters: parameters, Arn } = target;
  return {
    cluster: Arn,
    taskDefinition: parameters.TaskDefinitionArn,
    count: parameters.TaskCount,
    launchType: parameters.LaunchType,
    networkConfiguration: networkOf(parameters),
    platformVersion: parameters.PlatformVersion,
    group: parameters.Group,
    capacityProviderStrategy: parameters.CapacityProviderStrategy,
    enableECSManagedTags: parameters.EnableECSManagedTags,
    enableExecuteCommand: parameters.EnableExecuteCommand,
    placementConstraints: parameters.PlacementConstraints,
    placementStrategy: parameters.PlacementStrategy,
    propagateTags: parameters.PropagateTags,
    referenceId: parameters.ReferenceId,
    tags: parameters.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    startedBy: `events-rule/${delivery.ruleName}`,
    overrides: isWholeEvent(target) ? undefined : overridesIn(input),
    clientToken: tokenOf(delivery),
  };
}

function networkOf({ NetworkConfiguration }: EcsParameters) {
  const network = NetworkConfiguration?.awsvpcConfiguration;
  if (!network) return undefined;
  return {
    awsvpcConfiguration: {
      subnets: network.Subnets,
      securityGroups: network.SecurityGroups,
      assignPublicIp: network.AssignPublicIp,
    },
  };
}

/** Which says nothing of how to run a task. */
const isWholeEvent = ({ Input, InputPath, InputTransformer }: RuleTarget): boolean =>
  [Input, InputPath, InputTransformer].every((each) => each === undefined);

/** Its members are for RunTask to judge. */
function overridesIn(input: string): TaskOverride {
  const overrides: unknown = JSON.parse(input);
  if (isObject(overrides)) return overrides;
  throw new TypeError("A task override is an object.");
}

/** Short enough for a token, and of its characters. */
const tokenOf = ({ event, ruleName, targetId }: NewDelivery): string =>
  createHash("sha256").update([event.id, ruleName, targetId].join("/")).digest("hex");
