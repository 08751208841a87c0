import type { Attribute } from "../container-instance.ts";
import type { GivenContainer, GivenVolume, Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";

const LEGACY = "com.amazonaws.ecs.capability.";
const CURRENT = "ecs.capability.";
const dockerApi = (version: string) => `${LEGACY}docker-remote-api.${version}`;

/**
 * What an instance must be able to do to run the task: attributes that agents register by
 * themselves. In the order of the rules, each once.
 */
export function requiredAttributes(registration: Registration): readonly Attribute[] {
  return [...new Set(requiredNames(registration))].map((name) => ({ name }));
}

function* requiredNames(registration: Registration): Generator<string> {
  yield* taskAttributes(registration);
  for (const volume of registration.volumes ?? []) yield* volumeAttributes(volume);
  for (const container of registration.containerDefinitions ?? []) {
    yield* containerAttributes(container, registration);
  }
}

function* taskAttributes(registration: Registration): Generator<string> {
  const networkMode = networkModeOf(registration);
  if (networkMode === "awsvpc") yield* [`${CURRENT}task-eni`, dockerApi("1.18")];
  if (registration.taskRoleArn) {
    yield `${LEGACY}task-iam-role`;
    if (networkMode === "host") yield `${LEGACY}task-iam-role-network-host`;
  }
  if (registration.pidMode ?? registration.ipcMode) yield `${CURRENT}pid-ipc-namespace-sharing`;
  if (registration.ephemeralStorage) yield `${CURRENT}extensible-ephemeral-storage`;
  if (registration.proxyConfiguration) yield `${CURRENT}aws-appmesh`;
  if (registration.enableFaultInjection) yield `${CURRENT}fault-injection`;
}

function* volumeAttributes(volume: GivenVolume): Generator<string> {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume;
  if (docker) {
    yield* [`${CURRENT}docker-plugin.${docker.driver ?? "local"}`, dockerApi("1.25")];
  }
  if (efs) yield* [`${CURRENT}efs`, `${CURRENT}efsAuth`, dockerApi("1.25")];
  if (volume.s3filesVolumeConfiguration) yield `${CURRENT}storage.s3-files`;
  if (volume.fsxWindowsFileServerVolumeConfiguration) yield `${CURRENT}fsxWindowsFileServer`;
}

function* containerAttributes(
  container: GivenContainer,
  registration: Registration,
): Generator<string> {
  yield* imageAttributes(container, registration);
  yield* logAttributes(container, registration);
  yield* secretAttributes(container);
  yield* routerAttributes(container);
  yield* engineAttributes(container);
  yield* rangeAttributes(container, registration);
  if (container.restartPolicy?.enabled) yield `${CURRENT}container-restart-policy`;
  if (container.dependsOn?.length) yield `${CURRENT}container-ordering`;
  if (container.environmentFiles?.length) yield `${CURRENT}env-files.s3`;
  if (container.healthCheck) yield* [`${CURRENT}container-health-check`, dockerApi("1.24")];
}

function* imageAttributes(
  { image = "", repositoryCredentials }: GivenContainer,
  { executionRoleArn }: Registration,
): Generator<string> {
  if (repositoryCredentials) yield `${CURRENT}private-registry-authentication.secretsmanager`;
  if (!/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.test(image)) return;
  yield `${LEGACY}ecr-auth`;
  if (executionRoleArn) yield `${CURRENT}execution-role-ecr-pull`;
}

function* logAttributes(
  { logConfiguration }: GivenContainer,
  { executionRoleArn }: Registration,
): Generator<string> {
  if (!logConfiguration) return;
  const { logDriver, options = {} } = logConfiguration;
  yield `${LEGACY}logging-driver.${logDriver}`;
  if (logDriver === "awslogs") {
    yield dockerApi("1.19");
    if (executionRoleArn) yield `${CURRENT}execution-role-awslogs`;
  }
  if (options.mode ?? options["max-buffer-size"]) yield dockerApi("1.28");
  if (options["awslogs-create-group"]) yield dockerApi("1.29");
}

function* secretAttributes(container: GivenContainer): Generator<string> {
  const { secrets = [], logConfiguration: { secretOptions = [] } = {} } = container;
  for (const secret of secrets) {
    yield `${CURRENT}secrets.${storeOf(secret)}.environment-variables`;
  }
  for (const secret of secretOptions) {
    yield `${CURRENT}secrets.${storeOf(secret)}.bootstrap.log-driver`;
  }
}

/** Secrets Manager's have an ARN, parameters a name or an ARN. */
const storeOf = ({ valueFrom = "" }: { readonly valueFrom?: string | undefined }) =>
  valueFrom.includes(":secretsmanager:") ? "asm" : "ssm";

function* routerAttributes({ firelensConfiguration }: GivenContainer): Generator<string> {
  if (!firelensConfiguration) return;
  const { type, options = {} } = firelensConfiguration;
  yield `${CURRENT}firelens.${type}`;
  const source = options["config-file-type"];
  if (source) yield `${CURRENT}firelens.options.config.${source}`;
}

function* engineAttributes(container: GivenContainer): Generator<string> {
  const { linuxParameters } = container;
  if (container.privileged) yield `${LEGACY}privileged-container`;
  yield* securityAttributes(container);
  const needs: readonly (readonly [apiVersion: string, isUsed: unknown])[] = [
    ["1.17", container.user ?? container.hostname ?? container.privileged],
    // Even an empty list counts.
    ["1.18", container.ulimits ?? container.dockerLabels],
    ["1.21", container.memoryReservation],
    ["1.22", linuxParameters?.tmpfs ?? linuxParameters?.sharedMemorySize],
  ];
  for (const [apiVersion, isUsed] of needs) if (isUsed) yield dockerApi(apiVersion);
}

function* securityAttributes({ dockerSecurityOptions = [] }: GivenContainer): Generator<string> {
  for (const option of dockerSecurityOptions) {
    if (option.startsWith("label:")) yield `${LEGACY}selinux`;
    if (option.startsWith("apparmor:")) yield `${LEGACY}apparmor`;
  }
}

/** On the host's network a container has the ports of its range without anybody's help. */
function* rangeAttributes(
  { portMappings = [] }: GivenContainer,
  registration: Registration,
): Generator<string> {
  if (networkModeOf(registration) === "host") return;
  if (portMappings.some(({ containerPortRange }) => containerPortRange)) {
    yield `${CURRENT}network.container-port-range`;
  }
}
