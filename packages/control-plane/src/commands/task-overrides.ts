import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import { isRoleArn } from "@berth/domain/role-arn";
import type {
  EnvironmentFile,
  ResourceRequirement,
  TaskDefinition,
} from "@berth/domain/task-definition";
import { containerFaults } from "@berth/domain/task-definition/container-faults";
import { environmentFileFaults } from "@berth/domain/task-definition/feature-faults";
import { overridden } from "@berth/domain/task-definition/overridden";
import { cpuUnitsOf, memoryMiBOf } from "@berth/domain/task-definition/sizes";
import type { ContainerOverride, TaskOverrides } from "@berth/domain/task";

type GivenOverrides = NonNullable<EcsRequest<"RunTask">["overrides"]>;
type GivenContainerOverride = NonNullable<GivenOverrides["containerOverrides"]>[number];
type GivenFile = NonNullable<GivenContainerOverride["environmentFiles"]>[number];
type GivenRequirement = NonNullable<GivenContainerOverride["resourceRequirements"]>[number];

/** Characters of JSON. Source: ECS API reference, TaskOverride. */
const MAX_LENGTH = 8192;
/** GiB. Source: ECS API reference, EphemeralStorage. */
const EPHEMERAL_STORAGE = { min: 21, max: 200 };

/**
 * The overrides as they are kept with a task; `undefined` where there is nothing to override.
 *
 * @throws EcsError ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export function validOverrides(
  definition: TaskDefinition,
  given: GivenOverrides = {},
): TaskOverrides | undefined {
  if (JSON.stringify(given).length > MAX_LENGTH) {
    throw invalid(`Container Overrides length must be at most ${MAX_LENGTH}`);
  }
  if (given.inferenceAcceleratorOverrides?.length) {
    throw invalid("Unsupported field 'inferenceAcceleratorOverrides'");
  }
  checkEphemeralStorage(given.ephemeralStorage);
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
  if (Object.keys(overrides).length === 0) return undefined;
  // The definition had none: whatever is wrong now, the overrides made so.
  for (const fault of containerFaults(overridden(definition, overrides))) throw invalid(fault);
  return overrides;
}

function checkEphemeralStorage(given: GivenOverrides["ephemeralStorage"]): void {
  if (!given) return;
  const { min, max } = EPHEMERAL_STORAGE;
  const { sizeInGiB = 0 } = given;
  if (sizeInGiB < min) throw invalid(`EphemeralStorage size should be at least ${min}`);
  if (sizeInGiB > max) throw invalid(`EphemeralStorage size should be at most ${max}`);
  throw invalid("The ephemeralStorage override is for tasks of launch type FARGATE only.");
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
  const { environment, ...plain } = defined(others);
  return {
    name,
    ...plain,
    ...(environment && { environment: environment.map((variable) => defined(variable)) }),
    ...(resourceRequirements && { resourceRequirements: resourceRequirements.map(validGpus) }),
    ...(environmentFiles && { environmentFiles: environmentFiles.map(validFile) }),
  };
}

function overridingRole(arn: string | undefined): string | undefined {
  // What clients send for a role that they do not want.
  if (!arn) return undefined;
  if (!isRoleArn(arn)) throw new EcsError("ClientException", "Invalid arn syntax");
  return arn;
}

/** Source: ECS API reference, ContainerOverride `resourceRequirements`. */
function validGpus({ type, value = "" }: GivenRequirement): ResourceRequirement {
  if (type === "GPU") return { type, value };
  throw invalid("resourceRequirements of a container override must be of type GPU.");
}

/** They replace the definition's. Source: ECS API reference, ContainerOverride `environmentFiles`. */
function validFile({ type, value = "" }: GivenFile): EnvironmentFile {
  if (type !== "s3") throw invalid("environmentFiles of a container override must be of type s3.");
  const file = { type, value };
  for (const fault of environmentFileFaults({ environmentFiles: [file] })) throw invalid(fault);
  return file;
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
