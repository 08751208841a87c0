import type { GivenVolume, Registration } from "./registration.ts";

const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;

/** What is wrong with volumes and with what mounts them. */
export function* volumeFaults(registration: Registration): Generator<string> {
  const volumes = registration.volumes ?? [];
  for (const volume of volumes) {
    yield* volumeFault(volume);
    yield* efsFaults(volume);
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
  const { name, host, dockerVolumeConfiguration, efsVolumeConfiguration } = volume;
  if (!name) yield "Volume.name should not be null or empty.";
  else if (!NAME.test(name)) yield "Volume.name contains invalid characters.";
  const kinds = [host?.sourcePath, dockerVolumeConfiguration, efsVolumeConfiguration].filter(
    Boolean,
  );
  if (kinds.length > 1) yield `Volume '${name}' can only have one type of configuration`;
  if (dockerVolumeConfiguration?.autoprovision && dockerVolumeConfiguration.scope !== "shared") {
    yield `Volume '${name}' can only be autoprovisioned when its scope is 'shared'`;
  }
}

function* efsFaults({ efsVolumeConfiguration: efs }: GivenVolume): Generator<string> {
  if (!efs) return;
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
