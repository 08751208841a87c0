import type {
  PayloadContainer,
  PayloadNetworkInterface,
  PayloadPort,
  PayloadTask,
  PayloadVolume,
} from "@berth/contracts/agent/messages";
import { attachmentArn, clusterArn, containerArn, taskArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import {
  macAddressOf,
  networkInterfaceId,
  privateDnsName,
  type TaskAttachment,
} from "@berth/domain/awsvpc";
import type { ContainerOverride, Task } from "@berth/domain/task";
import { serviceNameOf } from "@berth/domain/task";
import { defined } from "@berth/domain/defined";
import { pinnedImage } from "@berth/domain/image-name";
import type {
  ContainerDefinition,
  PortMapping,
  TaskDefinition,
  Volume,
} from "@berth/domain/task-definition";
import { containerConfig, hostConfig } from "./docker-config.ts";
import type { LogDriverMode, LogOrigin } from "./log-config.ts";
import { payloadSources } from "./payload-sources.ts";

/** The lowest Engine API version that has all that Berth asks for. */
const ENGINE_API_VERSION = "1.25";

/**
 * A task as its agent wants it. Overrides are applied here, because agents take none but `command`
 * (agent protocol, PayloadMessage).
 */
export function payloadTask(
  scope: Scope,
  task: Task,
  definition: TaskDefinition,
  defaultLogMode: LogDriverMode = "non-blocking",
): PayloadTask {
  const serviceName = serviceNameOf(task);
  const cpu = task.overrides?.cpu ?? definition.cpu;
  const memory = task.overrides?.memory ?? definition.memory;
  return {
    arn: taskArn(scope, task.cluster, task.id),
    desiredStatus: task.desiredStatus,
    family: definition.family,
    version: String(definition.revision),
    taskClusterArn: clusterArn(scope, task.cluster),
    launchType: task.launchType,
    group: task.group,
    ...(serviceName !== undefined && { serviceName }),
    ...(cpu !== undefined && { cpu: Number(cpu) / 1024 }),
    ...(memory !== undefined && { memory: Number(memory) }),
    ...modes(definition),
    containers: definition.containerDefinitions.map((container) => {
      const override = task.overrides?.containerOverrides?.find(
        ({ name }) => name === container.name,
      );
      const { id = "", imageDigest } =
        task.containers.find(({ name }) => name === container.name) ?? {};
      return {
        ...payloadContainer(container, override, definition, {
          taskId: task.id,
          defaultMode: defaultLogMode,
        }),
        ...logsAuthStrategy(container, task),
        ...payloadSources(container, override, scope.region),
        image: imageOf(container, imageDigest),
        containerArn: containerArn(scope, task.cluster, task.id, id),
      };
    }),
    volumes: definition.volumes.map(payloadVolume),
    ...gpuAssociations(task),
    ...(task.attachment && {
      elasticNetworkInterfaces: [payloadInterface(scope, task.attachment)],
    }),
  };
}

const payloadInterface = (scope: Scope, attachment: TaskAttachment): PayloadNetworkInterface => ({
  attachmentArn: attachmentArn(scope, attachment.id),
  ec2Id: networkInterfaceId(attachment),
  index: 0,
  macAddress: macAddressOf(attachment),
  privateDnsName: privateDnsName(attachment),
});

const modes = ({ networkMode, pidMode, ipcMode }: TaskDefinition): Partial<PayloadTask> => ({
  ...(networkMode && { networkMode }),
  ...(pidMode && { pidMode }),
  ...(ipcMode && { ipcMode }),
});

/** The agent takes one container for each GPU, and finds it by its name. */
function gpuAssociations({ containers }: Task): Pick<PayloadTask, "associations"> {
  const associations = containers.flatMap(({ name, gpuIds = [] }) =>
    gpuIds.map((gpuId) => ({ type: "gpu" as const, name: gpuId, containers: [name] })),
  );
  return associations.length > 0 ? { associations } : {};
}

/** Its keys come with the task. */
const logsAuthStrategy = (
  { logConfiguration }: ContainerDefinition,
  { credentialsIds }: Task,
): Pick<PayloadContainer, "logsAuthStrategy"> =>
  logConfiguration?.logDriver === "awslogs" && credentialsIds?.execution !== undefined
    ? { logsAuthStrategy: "ExecutionRole" }
    : {};

/** A digest that is known is meant, unless the definition leaves it to the tag. */
const imageOf = (
  { image, versionConsistency }: ContainerDefinition,
  digest: string | undefined,
): string =>
  digest === undefined || versionConsistency === "disabled" ? image : pinnedImage(image, digest);

function payloadContainer(
  container: ContainerDefinition,
  override: ContainerOverride | undefined,
  definition: TaskDefinition,
  log: LogOrigin,
): PayloadContainer {
  const memory = override?.memory ?? container.memory;
  const memoryReservationMiB = override?.memoryReservation ?? container.memoryReservation;
  return {
    name: container.name,
    image: container.image,
    essential: container.essential,
    cpu: override?.cpu ?? container.cpu,
    memory: memory ?? 0,
    environment: environmentOf([...container.environment, ...(override?.environment ?? [])]),
    portMappings: container.portMappings.flatMap(payloadPort),
    mountPoints: container.mountPoints.map((mount) => ({
      sourceVolume: mount.sourceVolume ?? "",
      containerPath: mount.containerPath ?? "",
      readOnly: mount.readOnly ?? false,
    })),
    volumesFrom: container.volumesFrom.map((from) => ({
      sourceContainer: from.sourceContainer ?? "",
      readOnly: from.readOnly ?? false,
    })),
    ...optionalMembers(container, override),
    dockerConfig: {
      version: ENGINE_API_VERSION,
      config: JSON.stringify(containerConfig(container)),
      hostConfig: JSON.stringify(
        hostConfig(container, definition, { memoryMiB: memory, memoryReservationMiB, log }),
      ),
    },
  };
}

function payloadPort(port: PortMapping): readonly PayloadPort[] {
  const { containerPort, containerPortRange, hostPort = 0, protocol = "tcp" } = port;
  if (containerPortRange !== undefined) return [{ containerPortRange, protocol }];
  return containerPort === undefined ? [] : [{ containerPort, hostPort, protocol }];
}

function optionalMembers(
  container: ContainerDefinition,
  override: ContainerOverride | undefined,
): Partial<PayloadContainer> {
  return defined({
    command: override?.command ?? container.command,
    entryPoint: container.entryPoint,
    links: container.links,
    dependsOn: container.dependsOn,
    startTimeout: container.startTimeout,
    stopTimeout: container.stopTimeout,
    restartPolicy: container.restartPolicy?.enabled ? container.restartPolicy : undefined,
    healthCheckType: container.healthCheck && ("docker" as const),
  });
}

/** Later ones win. The agent wants a map, not ECS's list. */
function environmentOf(
  pairs: readonly { readonly name?: string; readonly value?: string }[],
): Record<string, string> {
  return Object.fromEntries(
    pairs.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])),
  );
}

function payloadVolume(volume: Volume): PayloadVolume {
  const { name = "", dockerVolumeConfiguration } = volume;
  return dockerVolumeConfiguration
    ? { name, type: "docker", dockerVolumeConfiguration }
    : { name, type: "host", host: volume.host ?? {} };
}
