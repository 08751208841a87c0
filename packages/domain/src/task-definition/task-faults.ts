import { isRole } from "../role-arn.ts";
import type { Registration } from "./registration.ts";
import { isFor, networkModeOf } from "./registration.ts";
import { cpuUnitsOf, memoryMiBOf } from "./sizes.ts";

const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;
const MAX_CONTAINERS = 10;
const MAX_CONSTRAINTS = 10;
const MAX_EXPRESSION_LENGTH = 2000;
const MAX_BYTES = 65_536;
/** CPU units of a task on instances. Source: ECS API reference, RegisterTaskDefinition `cpu`. */
const TASK_CPU = { min: 128, max: 196_608 };
const EPHEMERAL_STORAGE_GIB = { min: 21, max: 200 };

/** What is wrong with the task as a whole. */
export function* taskFaults(registration: Registration): Generator<string> {
  yield* familyFaults(registration);
  yield* containerListFaults(registration);
  yield* taskSizeFaults(registration);
  yield* placementFaults(registration);
  yield* roleFaults(registration);
  yield* featureFaults(registration);
  const bytes = new TextEncoder().encode(JSON.stringify(registration)).length;
  if (bytes > MAX_BYTES) {
    yield `Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`;
  }
}

function* familyFaults({ family }: Registration): Generator<string> {
  if (!family) yield "Family should not be null or empty.";
  else if (!NAME.test(family)) yield "Family contains invalid characters.";
}

function* containerListFaults(registration: Registration): Generator<string> {
  const containers = registration.containerDefinitions ?? [];
  if (containers.length === 0) yield "Container list cannot be empty.";
  if (containers.length > MAX_CONTAINERS) {
    yield `containerDefinitions can have at most ${MAX_CONTAINERS} items.`;
  }
  if (new Set(containers.map(({ name }) => name)).size < containers.length) {
    yield "Container names must be unique within a task definition";
  }
  if (containers.every(({ essential }) => essential === false)) {
    yield "Task definition doesn't have any essential container";
  }
}

function* taskSizeFaults(registration: Registration): Generator<string> {
  yield* taskCpuFaults(registration);
  yield* taskMemoryFaults(registration);
}

function* taskCpuFaults(registration: Registration): Generator<string> {
  if (registration.cpu === undefined) return;
  const cpuUnits = cpuUnitsOf(registration.cpu) ?? 0;
  if (cpuUnits < TASK_CPU.min || cpuUnits > TASK_CPU.max) {
    yield "Invalid 'cpu' setting for task.";
    return;
  }
  const sum = total(registration.containerDefinitions?.map(({ cpu }) => cpu));
  if (sum > cpuUnits) {
    yield "The sum of all container 'cpu' values cannot be greater than the task-level 'cpu' value";
  }
}

function* taskMemoryFaults(registration: Registration): Generator<string> {
  if (registration.memory === undefined) return;
  const memoryMiB = memoryMiBOf(registration.memory) ?? 0;
  if (memoryMiB === 0) {
    yield "Invalid 'memory' setting for task.";
    return;
  }
  const containers = registration.containerDefinitions ?? [];
  for (const { name, memory } of containers) {
    if ((memory ?? 0) > memoryMiB) {
      yield `The 'memory' setting for container '${name}' is greater than for the task`;
    }
  }
  if (total(containers.map(({ memoryReservation }) => memoryReservation)) > memoryMiB) {
    yield "The sum of all container 'memoryReservation' values cannot be greater than the task-level 'memory' value";
  }
}

function* placementFaults({ placementConstraints = [] }: Registration): Generator<string> {
  if (placementConstraints.length > MAX_CONSTRAINTS) {
    yield `placementConstraints can have at most ${MAX_CONSTRAINTS} items.`;
  }
  for (const { type, expression } of placementConstraints) {
    if (type !== "memberOf") yield "Placement constraint type should be one of [memberOf]";
    if (!expression) yield "memberOf expression should be specified";
    else if (expression.length > MAX_EXPRESSION_LENGTH) {
      yield `Placement constraint expression longer than ${MAX_EXPRESSION_LENGTH}.`;
    }
  }
}

function* roleFaults({ taskRoleArn, executionRoleArn }: Registration): Generator<string> {
  for (const role of [taskRoleArn, executionRoleArn]) {
    if (role !== undefined && !isRole(role)) yield "Invalid arn syntax";
  }
}

function* featureFaults(registration: Registration): Generator<string> {
  if (registration.inferenceAccelerators?.length) yield "Unsupported field 'inferenceAccelerators'";
  yield* proxyFaults(registration);
  yield* ephemeralStorageFaults(registration);
  yield* launchTypeFaults(registration);
}

function* launchTypeFaults(registration: Registration): Generator<string> {
  const networkMode = networkModeOf(registration);
  if (isFor(registration, "EXTERNAL")) {
    if (networkMode === "awsvpc") {
      yield "External launch type does not support network mode 'awsvpc'.";
    }
    if (registration.volumes?.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration)) {
      yield "External launch type does not support EFS volumes.";
    }
  }
  if (isFor(registration, "MANAGED_INSTANCES") && !["awsvpc", "host"].includes(networkMode)) {
    yield "Managed Instances only support network modes 'awsvpc' and 'host'.";
  }
}

function* proxyFaults(registration: Registration): Generator<string> {
  const { proxyConfiguration: proxy, containerDefinitions = [] } = registration;
  if (!proxy) return;
  if (!containerDefinitions.some(({ name }) => name === proxy.containerName)) {
    yield `Proxy container [${proxy.containerName}] does not exist`;
  }
  if (networkModeOf(registration) !== "awsvpc") {
    yield "Proxy configuration is only supported when networkMode=awsvpc.";
  }
}

function* ephemeralStorageFaults({ ephemeralStorage }: Registration): Generator<string> {
  const { min, max } = EPHEMERAL_STORAGE_GIB;
  const sizeInGiB = ephemeralStorage?.sizeInGiB ?? min;
  if (sizeInGiB < min) yield `EphemeralStorage size should be at least ${min}`;
  if (sizeInGiB > max) yield `EphemeralStorage size should be at most ${max}`;
}

const total = (values: readonly (number | undefined)[] = []): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
