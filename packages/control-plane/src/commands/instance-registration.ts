import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Attribute, ContainerInstance } from "@berth/domain/container-instance";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import { type Capacity, isResourceName } from "@berth/domain/resources";
import { mergeAttributes, validAttribute } from "./attributes.ts";
import { parseIdentityDocument } from "./identity-document.ts";

type Request = EcsRequest<"RegisterContainerInstance">;

/** As the vendor's tools print them; no space or comma. */
const GPU_ID = /^[a-zA-Z0-9_.:-]{1,128}$/;

const ZONE = "ecs.availability-zone";

/** What an agent says about its instance, read and checked. */
export type InstanceReport = Pick<
  ContainerInstance,
  "registered" | "gpuIds" | "attributes" | "versionInfo" | "ec2InstanceId"
>;

/** Bytes, as for a task definition. Real agents say a tenth of it; an item of the table holds six times as much. */
const MAX_LENGTH = 65_536;

/** @throws EcsError ClientException, InvalidParameterException */
export const readReport = (request: Request): InstanceReport => withinLength(reportOf(request));

/**
 * The same, unless it is longer than its instance is to be.
 *
 * @throws EcsError ClientException
 */
export function withinLength(report: InstanceReport): InstanceReport {
  const length = Buffer.byteLength(JSON.stringify(report));
  if (length <= MAX_LENGTH) return report;
  throw new EcsError(
    "ClientException",
    `Actual length: '${length}'. Max allowed length is '${MAX_LENGTH}' bytes.`,
  );
}

function reportOf(request: Request): InstanceReport {
  const document = parseIdentityDocument(request.instanceIdentityDocument);
  const given = (request.attributes ?? []).map(validAttribute);
  const resources = request.totalResources ?? [];
  const gpuIds = readGpuIds(request);
  return {
    registered: readCapacity(resources, gpuIds.length),
    ...(gpuIds.length > 0 && { gpuIds }),
    attributes: mergeAttributes(document.attributes, given),
    versionInfo: defined({ ...request.versionInfo }),
    ...(document.instanceId !== undefined && { ec2InstanceId: document.instanceId }),
  };
}

/** The attributes with a zone among them: where nobody says which, the region's first. */
export function withZone(attributes: readonly Attribute[], region: string): readonly Attribute[] {
  return mergeAttributes([{ name: ZONE, value: `${region}a` }], attributes);
}

/** What the agent finds out by itself, and does not repeat once it is no longer so. */
export const isCapability = ({ name }: Attribute): boolean =>
  /^(ecs|com\.amazonaws\.ecs)\.capability\./.test(name);

type GivenResources = NonNullable<Request["totalResources"]>;

/** Agents tell of their GPUs as devices; a resource GPU is what ECS makes of them. */
function readGpuIds({ totalResources = [], platformDevices = [] }: Request): readonly string[] {
  const devices = platformDevices.filter(({ type }) => type === "GPU");
  const resource = totalResources.find(({ name }) => name === "GPU");
  const ids = [...devices.map(({ id = "" }) => id), ...(resource?.stringSetValue ?? [])];
  const wrong = ids.find((id) => !GPU_ID.test(id));
  if (wrong !== undefined) throw invalid(`GPU id is invalid: ${wrong}`);
  return [...new Set(ids)];
}

function readCapacity(resources: GivenResources, gpuCount: number): Capacity {
  const amount = (name: string) => {
    const value = resources.find((resource) => resource.name === name)?.integerValue;
    if (value === undefined || value < 1) throw invalid(`Resource ${name} must be positive.`);
    return value;
  };
  const ports = (name: string) => {
    const texts = resources.find((resource) => resource.name === name)?.stringSetValue ?? [];
    // A set: a port that is named twice, however it is written, is held once.
    return [...new Set(texts.map(readPort))];
  };
  return {
    cpuUnits: amount("CPU"),
    memoryMiB: amount("MEMORY"),
    usedTcpPorts: ports("PORTS"),
    usedUdpPorts: ports("PORTS_UDP"),
    ...readCountable(resources, gpuCount),
  };
}

/** What an instance has under names of its own, each a whole number of units (ADR 0017). */
function readCountable(resources: GivenResources, gpuCount: number): Pick<Capacity, "countable"> {
  const own = resources.filter(({ name = "" }) => !OWN_RESOURCES.has(name));
  const countable = Object.fromEntries([
    ...(gpuCount > 0 ? [["GPU", gpuCount] as const] : []),
    ...own.map(({ name = "", integerValue = 0 }) => {
      if (!isResourceName(name)) throw invalid(`Resource name is invalid: ${name}`);
      if (integerValue < 1 || integerValue > MAX_UNITS) {
        throw invalid(`Resource ${name} must have an integerValue from 1 to ${MAX_UNITS}.`);
      }
      return [name, integerValue] as const;
    }),
  ]);
  return Object.keys(countable).length > 0 ? { countable } : {};
}

/** Those that ECS's own agent registers. */
const OWN_RESOURCES = new Set(["CPU", "MEMORY", "PORTS", "PORTS_UDP", "GPU"]);
const MAX_UNITS = 999_999;

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw invalid(`Port is invalid: ${text}`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
