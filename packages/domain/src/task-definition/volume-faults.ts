import { isArn } from "./arns.ts";
import type { GivenVolume, Registration } from "./registration.ts";

const MAX_PORT = 65_535;
const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;

/** What is wrong with volumes and with what mounts them. */
export function* volumeFaults(registration: Registration): Generator<string> {
  const volumes = registration.volumes ?? [];
  for (const volume of volumes) {
    yield* volumeFault(volume);
    yield* efsFaults(volume);
    yield* fsxFaults(volume);
    yield* s3filesFaults(volume);
  }
  const names = new Set(volumes.map(({ name }) => name));
  if (names.size < volumes.length) yield "Volume names must be unique within a task definition";
  for (const { mountPoints = [] } of registration.containerDefinitions ?? []) {
    for (const { sourceVolume, containerPath } of mountPoints) {
      if (!names.has(sourceVolume)) yield `Unknown volume '${sourceVolume}'`;
      if (!containerPath) yield "Container.mountPoints.containerPath should not be null or empty.";
    }
  }
}

function* volumeFault(volume: GivenVolume): Generator<string> {
  const { name, dockerVolumeConfiguration } = volume;
  if (!name) yield "Volume.name should not be null or empty.";
  else if (!NAME.test(name)) yield "Volume.name contains invalid characters.";
  if (kindsOf(volume).filter(Boolean).length > 1)
    yield `Volume '${name}' can only have one type of configuration`;
  if (dockerVolumeConfiguration?.autoprovision && dockerVolumeConfiguration.scope !== "shared") {
    yield `Volume '${name}' can only be autoprovisioned when its scope is 'shared'`;
  }
}

const kindsOf = (volume: GivenVolume) => [
  volume.host?.sourcePath,
  volume.dockerVolumeConfiguration,
  volume.efsVolumeConfiguration,
  volume.fsxWindowsFileServerVolumeConfiguration,
  volume.s3filesVolumeConfiguration,
  volume.configuredAtLaunch,
];

function* efsFaults({ efsVolumeConfiguration: efs }: GivenVolume): Generator<string> {
  if (!efs) return;
  yield* fileSystemFaults(efs.fileSystemId);
  yield* portFaults(efs.transitEncryptionPort);
  const { authorizationConfig: authorization, rootDirectory } = efs;
  const isEncrypted = efs.transitEncryption === "ENABLED";
  if (authorization?.iam === "ENABLED" && !isEncrypted) {
    yield "EFS IAM authorization requires TransitEncryption to be enabled";
  }
  if (efs.transitEncryptionPort !== undefined && !isEncrypted) {
    yield "TransitEncryptionPort requires that TransitEncryption is enabled";
  }
  if (authorization?.accessPointId && rootDirectory !== undefined && rootDirectory !== "/") {
    yield 'When using an EFS access point, the root directory must either be set to "/" or be omitted';
  }
}

function* fsxFaults({
  fsxWindowsFileServerVolumeConfiguration: fsx,
}: GivenVolume): Generator<string> {
  if (!fsx) return;
  const { rootDirectory, authorizationConfig: authorization } = fsx;
  yield* fileSystemFaults(fsx.fileSystemId);
  if (!rootDirectory) yield "FSx volume rootDirectory should not be null or empty.";
  if (!authorization?.domain) yield "FSx volume domain should not be null or empty.";
  if (!isArn(authorization?.credentialsParameter)) yield "Invalid arn syntax";
}

function* s3filesFaults({ s3filesVolumeConfiguration: files }: GivenVolume): Generator<string> {
  if (!files) return;
  const { fileSystemArn, accessPointArn, transitEncryptionPort } = files;
  if (!isArn(fileSystemArn)) yield "Invalid arn syntax";
  if (accessPointArn !== undefined && !isArn(accessPointArn)) yield "Invalid arn syntax";
  yield* portFaults(transitEncryptionPort);
}

function* fileSystemFaults(id = ""): Generator<string> {
  if (!/^fs-[0-9a-z]+$/.test(id)) yield `Invalid file system id: '${id}'`;
}

function* portFaults(port = 0): Generator<string> {
  if (port < 0 || port > MAX_PORT) {
    yield `Invalid 'transitEncryptionPort' setting. Must be between 0 and ${MAX_PORT}.`;
  }
}
