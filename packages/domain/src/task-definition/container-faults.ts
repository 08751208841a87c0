import { isResourceName, RESOURCE_LABEL } from "../resources.ts";
import type { GivenContainer, Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";

const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;
/** Letters, digits and what may part registry, repository, tag and digest. Source: ECS API reference, `image`. */
const IMAGE = /^[a-zA-Z0-9\-_.:/@#]+$/;
const MAX_IMAGE_LENGTH = 255;
/** Docker Engine takes no less. Source: ECS API reference, ContainerDefinition `memory`. */
const MIN_MEMORY_MIB = 6;
/** Up to a million units. */
const UNITS = /^[1-9]\d{0,5}$/;
const MAX_ENVIRONMENT_FILES = 10;
const MAX_IGNORED_EXIT_CODES = 50;
const MAX_SWAPPINESS = 100;
const RESTART_PERIOD_S = { min: 60, max: 1800 };

/** Seconds and counts that a health check may have. Source: ECS API reference, HealthCheck. */
const HEALTH_CHECK_RANGES = {
  interval: { min: 5, max: 300 },
  timeout: { min: 2, max: 60 },
  retries: { min: 1, max: 10 },
  startPeriod: { min: 0, max: 300 },
} as const;

/** What is wrong with single containers; the name comes first, for later texts tell it. */
export function* containerFaults(registration: Registration): Generator<string> {
  for (const container of registration.containerDefinitions ?? []) {
    yield* nameFaults(container);
    yield* sizeFaults(container, registration);
    yield* environmentFaults(container, registration);
    yield* healthCheckFaults(container);
    yield* timingFaults(container);
    yield* linuxFaults(container);
    yield* resourceFaults(container);
    if (networkModeOf(registration) === "awsvpc") yield* awsvpcFaults(container);
  }
}

function* nameFaults({ name, image }: GivenContainer): Generator<string> {
  if (!name) yield "Container.name should not be null or empty.";
  else if (!NAME.test(name)) yield "Container.name contains invalid characters.";
  if (!image) yield "Container.image should not be null or empty.";
  else if (image.length > MAX_IMAGE_LENGTH)
    yield `Container.image longer than ${MAX_IMAGE_LENGTH}.`;
  else if (!IMAGE.test(image)) yield "Container.image contains invalid characters.";
}

function* sizeFaults(container: GivenContainer, registration: Registration): Generator<string> {
  const { name, cpu = 0, memory, memoryReservation } = container;
  if (!memory && !memoryReservation && registration.memory === undefined) {
    yield `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`;
  }
  yield* tooLittle(name, { memory, memoryReservation });
  if (memory && memoryReservation && memory < memoryReservation) {
    yield "'memory' must be greater than or equal to 'memoryReservation'";
  }
  if (cpu < 0) yield `Invalid setting for container '${name}'. 'cpu' must not be negative.`;
}

/** Whole units, at least one: of GPUs, or of a resource that instances register by themselves (ADR 0017). */
function* resourceFaults(container: GivenContainer): Generator<string> {
  const { name, resourceRequirements = [], dockerLabels = {} } = container;
  for (const { type, value = "" } of resourceRequirements) {
    if (type === "GPU" && !UNITS.test(value)) {
      yield `Invalid setting for container '${name}'. 'resourceRequirements' of type GPU must have a whole number of at least 1 as value.`;
    }
  }
  for (const [label, value = ""] of Object.entries(dockerLabels)) {
    if (!label.startsWith(RESOURCE_LABEL)) continue;
    if (!isResourceName(label.slice(RESOURCE_LABEL.length)) || !UNITS.test(value)) {
      yield `Invalid setting for container '${name}'. Docker label '${label}' must name a resource of the container instance and have a whole number of at least 1 as value.`;
    }
  }
}

/** 0 counts as not given. */
function* tooLittle(
  name: string | undefined,
  sizes: Readonly<Record<string, number | undefined>>,
): Generator<string> {
  for (const [member, value = 0] of Object.entries(sizes)) {
    if (value !== 0 && value < MIN_MEMORY_MIB) {
      yield `Invalid setting for container '${name}'. '${member}' must be at least ${MIN_MEMORY_MIB}.`;
    }
  }
}

function* environmentFaults(
  container: GivenContainer,
  registration: Registration,
): Generator<string> {
  const { environment = [], secrets = [], environmentFiles = [] } = container;
  if (environment.some(({ name }) => !name)) {
    yield "Container.environment.name should not be null or empty.";
  }
  if (environmentFiles.length > MAX_ENVIRONMENT_FILES) {
    yield "The maximum number of environment files was exceeded. Specify ten or less and try again";
  }
  if (secrets.length > 0 && !registration.executionRoleArn) {
    yield "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'";
  }
  const names = [...environment, ...secrets].map(({ name }) => name);
  const shared = secrets.find(({ name }) => names.filter((other) => other === name).length > 1);
  if (shared) {
    yield `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${shared.name}'.`;
  }
}

function* healthCheckFaults({ name, healthCheck }: GivenContainer): Generator<string> {
  if (!healthCheck) return;
  const kind = healthCheck.command?.[0];
  if (!kind) yield "Container.healthCheck.command should not be null or empty.";
  else if (!["CMD", "CMD-SHELL", "NONE"].includes(kind)) {
    yield `The health check command of container '${name}' must start with CMD or CMD-SHELL`;
  }
  for (const [member, { min, max }] of Object.entries(HEALTH_CHECK_RANGES)) {
    const value = healthCheck[member as keyof typeof HEALTH_CHECK_RANGES];
    if (value !== undefined && (value < min || value > max)) {
      yield `the '${member}' setting for container '${name}' must be between ${min} and ${max}`;
    }
  }
}

function* timingFaults(container: GivenContainer): Generator<string> {
  const { name, startTimeout, stopTimeout, restartPolicy } = container;
  for (const [member, value] of Object.entries({ startTimeout, stopTimeout })) {
    if (value !== undefined && value < 0) {
      yield `the '${member}' setting for container '${name}' must not be negative`;
    }
  }
  const { min, max } = RESTART_PERIOD_S;
  const period = restartPolicy?.restartAttemptPeriod;
  if (period !== undefined && (period < min || period > max)) {
    yield `the 'restartAttemptPeriod' setting for container '${name}' must be between ${min} and ${max}`;
  }
  if ((restartPolicy?.ignoredExitCodes?.length ?? 0) > MAX_IGNORED_EXIT_CODES) {
    yield `ignoredExitCodes can have at most ${MAX_IGNORED_EXIT_CODES} items.`;
  }
}

function* linuxFaults({ name, ulimits = [], linuxParameters }: GivenContainer): Generator<string> {
  for (const { name: limit, softLimit = 0, hardLimit = 0 } of ulimits) {
    if (isUlimitOver(softLimit, hardLimit)) {
      yield `The soft limit of ulimit '${limit}' for container '${name}' is greater than its hard limit`;
    }
  }
  const { swappiness = 0, tmpfs = [] } = linuxParameters ?? {};
  if (swappiness < 0 || swappiness > MAX_SWAPPINESS) {
    yield `the 'swappiness' setting for container '${name}' must be between 0 and ${MAX_SWAPPINESS}`;
  }
  if (tmpfs.some(({ size = 0 }) => size < 1)) {
    yield `the tmpfs 'size' setting for container '${name}' must be at least 1`;
  }
}

/** -1 is unlimited. */
const isUlimitOver = (soft: number, hard: number) => hard !== -1 && (soft > hard || soft === -1);

function* awsvpcFaults(container: GivenContainer): Generator<string> {
  const banned = {
    "hostname is": container.hostname,
    "Extra hosts are": container.extraHosts?.length,
    "DNS servers are": container.dnsServers?.length,
    "DNS search domains are": container.dnsSearchDomains?.length,
    "Disable Networking is": container.disableNetworking,
  };
  for (const [what, isUsed] of Object.entries(banned)) {
    if (isUsed) yield `${what} not supported on container when networkMode=awsvpc`;
  }
}
