import { isArn } from "./arns.ts";
import type { GivenContainer, Registration } from "./registration.ts";

/** Linux's, as ECS lists them. Source: ECS API reference, KernelCapabilities. */
const CAPABILITIES: ReadonlySet<string> = new Set(
  (
    "ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID " +
    "IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN " +
    "NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT " +
    "SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME " +
    "SYS_TTY_CONFIG SYSLOG WAKE_ALARM"
  ).split(" "),
);

/** Source: ECS developer guide, gMSA for Linux and Windows containers. */
const CREDENTIAL_SPEC = /^credentialspec(domainless)?:(arn:.+|file:\/\/.+)$/;

/** What is wrong with what containers ask for beyond a process and its size. */
export function* featureFaults({ containerDefinitions = [] }: Registration): Generator<string> {
  for (const container of containerDefinitions) {
    yield* capabilityFaults(container);
    yield* linuxParameterFaults(container);
    yield* environmentFileFaults(container);
    yield* credentialFaults(container);
    if (container.systemControls?.some(({ namespace }) => !namespace)) {
      yield "Container.systemControls.namespace should not be null or empty.";
    }
  }
  const routers = containerDefinitions.filter(({ firelensConfiguration }) => firelensConfiguration);
  if (routers.length > 1) {
    yield "Only one container of a task definition can have a firelens configuration";
  }
}

function* capabilityFaults({ linuxParameters }: GivenContainer): Generator<string> {
  const { add = [], drop = [] } = linuxParameters?.capabilities ?? {};
  for (const capability of [...add, ...drop]) {
    if (!CAPABILITIES.has(capability)) yield `${capability} is not a valid capability.`;
  }
}

function* linuxParameterFaults({ name, linuxParameters = {} }: GivenContainer): Generator<string> {
  const { devices = [], tmpfs = [], maxSwap = 0, sharedMemorySize = 0 } = linuxParameters;
  if (devices.some(({ hostPath }) => !hostPath)) {
    yield "Container.linuxParameters.devices.hostPath should not be null or empty.";
  }
  if (tmpfs.some(({ containerPath }) => !containerPath)) {
    yield "Container.linuxParameters.tmpfs.containerPath should not be null or empty.";
  }
  for (const [member, size] of Object.entries({ maxSwap, sharedMemorySize })) {
    if (size < 0) yield `the '${member}' setting for container '${name}' must not be negative`;
  }
}

/** What is wrong with the names of a container's files. Source: ECS API reference, EnvironmentFile. */
export function* environmentFileFaults({
  environmentFiles = [],
}: Pick<GivenContainer, "environmentFiles">): Generator<string> {
  for (const { value } of environmentFiles) {
    if (!isArn(value)) yield "Invalid arn syntax";
    else if (!value?.endsWith(".env")) yield "Environment files must have the extension .env";
  }
}

function* credentialFaults(container: GivenContainer): Generator<string> {
  const { name, credentialSpecs = [], repositoryCredentials } = container;
  if (credentialSpecs.length > 1) {
    yield `Container '${name}' can have at most one credential spec`;
  }
  for (const spec of credentialSpecs) {
    if (!CREDENTIAL_SPEC.test(spec)) yield `Invalid credential spec: '${spec}'`;
  }
  if (repositoryCredentials && !repositoryCredentials.credentialsParameter) {
    yield "Container.repositoryCredentials.credentialsParameter should not be null or empty.";
  }
}
