import type { GivenContainer, Registration } from "./registration.ts";
import { isFor, networkModeOf } from "./registration.ts";
import { cpuUnitsOf, memoryMiBOf } from "./sizes.ts";

const GIB = 1024;
/** Source: ECS developer guide, Fargate task size. */
const MIN_WINDOWS_CPU = 1024;
const MAX_STOP_TIMEOUT_S = 120;
/** The only capability that Fargate lets a container add. */
const FARGATE_CAPABILITY = "SYS_PTRACE";

/** MiB that go with so many CPU units. Source: ECS developer guide, Fargate task size. */
const FARGATE_SIZES: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gibSteps(1, 4, 1),
  1024: gibSteps(2, 8, 1),
  2048: gibSteps(4, 16, 1),
  4096: gibSteps(8, 30, 1),
  8192: gibSteps(16, 60, 4),
  16384: gibSteps(32, 120, 8),
  32768: [60 * GIB, 120 * GIB, 244 * GIB],
};

/** What keeps a definition off Fargate, if it asks to be fit for it. */
export function* fargateFaults(registration: Registration): Generator<string> {
  if (isFor(registration, "FARGATE")) yield* fargateObstacles(registration);
}

/** What keeps a definition off Fargate, whether or not it asked. */
export function* fargateObstacles(registration: Registration): Generator<string> {
  yield* fargateSizeFaults(registration);
  if (networkModeOf(registration) !== "awsvpc") {
    yield "Fargate only supports network mode ‘awsvpc’.";
  }
  yield* taskBans(registration);
  for (const container of registration.containerDefinitions ?? []) yield* containerBans(container);
}

function* fargateSizeFaults({ cpu, memory, runtimePlatform }: Registration): Generator<string> {
  if (cpu === undefined) yield "Fargate requires that 'cpu' be defined at the task level.";
  if (memory === undefined) yield "Fargate requires that 'memory' be defined at the task level.";
  if (cpu === undefined || memory === undefined) return;
  const [cpuUnits = 0, memoryMiB = 0] = [cpuUnitsOf(cpu), memoryMiBOf(memory)];
  const isTooSmall = isWindows(runtimePlatform) && cpuUnits < MIN_WINDOWS_CPU;
  if (isTooSmall || !FARGATE_SIZES[cpuUnits]?.includes(memoryMiB)) {
    yield `No Fargate configuration exists for given values: ${cpuUnits} CPU, ${memoryMiB} memory`;
  }
}

function* taskBans(registration: Registration): Generator<string> {
  const { volumes = [], placementConstraints = [] } = registration;
  if (registration.ipcMode) yield unsupported("ipcMode");
  if (registration.pidMode === "host") {
    yield "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.";
  }
  if (placementConstraints.length > 0) yield unsupported("placementConstraints");
  for (const volume of volumes) {
    if (volume.host?.sourcePath) yield unsupported("sourcePath");
    if (volume.dockerVolumeConfiguration) yield unsupported("dockerVolumeConfiguration");
    if (volume.fsxWindowsFileServerVolumeConfiguration) {
      yield unsupported("fsxWindowsFileServerVolumeConfiguration");
    }
  }
}

function* containerBans(container: GivenContainer): Generator<string> {
  yield* memberBans(container);
  if (container.privileged) yield "Fargate requires that the 'privileged' setting be 'false'";
  for (const capability of container.linuxParameters?.capabilities?.add ?? []) {
    if (capability !== FARGATE_CAPABILITY) yield `${capability} is not allowed on Fargate.`;
  }
  if ((container.stopTimeout ?? 0) > MAX_STOP_TIMEOUT_S) {
    yield `the 'stopTimeout' setting for container '${container.name}' must be at most ${MAX_STOP_TIMEOUT_S}`;
  }
}

function* memberBans(container: GivenContainer) {
  const { linuxParameters, dockerSecurityOptions, resourceRequirements } = container;
  const { sharedMemorySize, devices = [], maxSwap, swappiness } = linuxParameters ?? {};
  if (sharedMemorySize) yield unsupported("sharedMemorySize");
  if (devices.length > 0) yield unsupported("devices");
  if (maxSwap) yield unsupported("maxSwap");
  if (swappiness !== undefined) yield unsupported("swappiness");
  if (resourceRequirements?.length) yield unsupported("resourceRequirements");
  if (dockerSecurityOptions?.length) yield unsupported("dockerSecurityOptions");
}

const isWindows = (platform: Registration["runtimePlatform"]): boolean =>
  platform?.operatingSystemFamily?.startsWith("WINDOWS") ?? false;

const unsupported = (member: string) =>
  `Fargate compatible task definitions do not support ${member}`;

function gibSteps(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);
}
