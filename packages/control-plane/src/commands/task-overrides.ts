import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import { isRoleArn } from "@berth/domain/role-arn";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { cpuUnitsOf, memoryMiBOf } from "@berth/domain/task-definition/sizes";
import type { ContainerOverride, TaskOverrides } from "@berth/domain/task";
import { refuseUnsupported } from "./unsupported.ts";

type GivenOverrides = NonNullable<EcsRequest<"RunTask">["overrides"]>;
type GivenContainerOverride = NonNullable<GivenOverrides["containerOverrides"]>[number];

/** Characters of JSON. Source: ECS API reference, TaskOverride. */
const MAX_LENGTH = 8192;

/**
 * The overrides as they are kept with a task; `undefined` where there is nothing to override.
 *
 * @throws EcsError ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export function validOverrides(
  definition: Pick<TaskDefinition, "containerDefinitions">,
  given: GivenOverrides = {},
): TaskOverrides | undefined {
  if (JSON.stringify(given).length > MAX_LENGTH) {
    throw invalid(`Container Overrides length must be at most ${MAX_LENGTH}`);
  }
  refuseUnsupported({
    "override of ephemeralStorage": given.ephemeralStorage,
    "override of inference accelerators": given.inferenceAcceleratorOverrides,
  });
  const known = new Set(definition.containerDefinitions.map(({ name }) => name));
  const containerOverrides = given.containerOverrides?.map((each) =>
    validContainerOverride(known, each),
  );
  const overrides = defined({
    containerOverrides: containerOverrides?.length ? containerOverrides : undefined,
    cpu: sizeText("cpu", given.cpu, cpuUnitsOf),
    memory: sizeText("memory", given.memory, memoryMiBOf),
    taskRoleArn: overridingRole(given.taskRoleArn),
    executionRoleArn: overridingRole(given.executionRoleArn),
  });
  return Object.keys(overrides).length > 0 ? overrides : undefined;
}

function validContainerOverride(
  known: ReadonlySet<string>,
  given: GivenContainerOverride,
): ContainerOverride {
  const { name, environmentFiles, resourceRequirements, ...others } = given;
  if (!name) throw invalid("Container override name cannot be empty.");
  if (!known.has(name)) {
    throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  refuseUnsupported({
    "override of environmentFiles": environmentFiles,
    "override of resourceRequirements": resourceRequirements,
  });
  const { environment, ...plain } = defined(others);
  return {
    name,
    ...plain,
    ...(environment && { environment: environment.map((variable) => defined(variable)) }),
  };
}

function overridingRole(arn: string | undefined): string | undefined {
  // What clients send for a role that they do not want.
  if (!arn) return undefined;
  if (!isRoleArn(arn)) throw new EcsError("ClientException", "Invalid arn syntax");
  return arn;
}

/** A size as ECS keeps it: `1 vCPU` as `1024`. */
function sizeText(
  member: string,
  given: string | undefined,
  read: (text: string) => number | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  const size = read(given);
  if (size === undefined || size <= 0) throw invalid(`Invalid '${member}' setting for task.`);
  return String(size);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
