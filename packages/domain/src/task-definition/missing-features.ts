import type { ContainerDefinition, TaskDefinition } from "../task-definition.ts";

/**
 * What a definition asks for that no agent is told of, so that its containers would start without it.
 * Such a definition may be registered, and nothing starts from it. Each in the words of its member.
 */
export function* missingFeatures(definition: TaskDefinition): Generator<string> {
  yield* asked(definition, TASK_MEMBERS);
  for (const volume of definition.volumes) {
    yield* within(`volume ${volume.name}`, asked(volume, VOLUME_MEMBERS));
  }
  for (const container of definition.containerDefinitions) {
    yield* within(`container ${container.name}`, containerFeatures(container));
  }
}

const TASK_MEMBERS = ["proxyConfiguration", "enableFaultInjection", "ephemeralStorage"] as const;

const VOLUME_MEMBERS = [
  "efsVolumeConfiguration",
  "s3filesVolumeConfiguration",
  "fsxWindowsFileServerVolumeConfiguration",
  "configuredAtLaunch",
] as const;

const CONTAINER_MEMBERS = ["firelensConfiguration", "credentialSpecs"] as const;

function* containerFeatures(container: ContainerDefinition): Generator<string> {
  yield* asked(container, CONTAINER_MEMBERS);
  for (const { type } of container.resourceRequirements ?? []) {
    if (type !== "GPU") yield `resourceRequirements of type ${type}`;
  }
}

function* asked(holder: object, members: readonly string[]): Generator<string> {
  const values = new Map(Object.entries(holder));
  for (const member of members) if (isAskedFor(values.get(member))) yield member;
}

function* within(place: string, features: Iterable<string>): Generator<string> {
  for (const feature of features) yield `${feature} of ${place}`;
}

/** Clients send empty lists, empty texts and `false` for what they do not want. */
const isAskedFor = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : Boolean(value);
