import enumMembers from "./enum-members.json" with { type: "json" };
import model from "./ecs-model.json" with { type: "json" };

/** What the SDK's schemas do not say about a structure's members: the model does. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = model.requiredMembersByStructure;
const ENUMS: Readonly<Record<string, readonly string[]>> = model.enums;
const ENUM_MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = enumMembers;

/** Members whose numbers are not Java Integers. Source: shapes `Double` and `Long` of the ECS model. */
const NUMBER_KINDS: Readonly<Record<string, NumberKind>> = {
  "CanaryConfiguration.canaryPercent": "Double",
  "DaemonDeploymentConfiguration.drainPercent": "Double",
  "LinearConfiguration.stepPercent": "Double",
  "MemoryGiBPerVCpuRequest.max": "Double",
  "MemoryGiBPerVCpuRequest.min": "Double",
  "NetworkBandwidthGbpsRequest.max": "Double",
  "NetworkBandwidthGbpsRequest.min": "Double",
  "Resource.doubleValue": "Double",
  "Resource.longValue": "Long",
  "Scale.value": "Double",
  "TotalLocalStorageGBRequest.max": "Double",
  "TotalLocalStorageGBRequest.min": "Double",
};

/** Strings that agents send and the public model does not have. */
const AGENT_STRINGS: Readonly<Record<string, readonly string[]>> = {
  RegisterContainerInstanceRequest: ["clientToken"],
};

export type NumberKind = "Integer" | "Long" | "Double";

export function requiredMembers(structure: string): readonly string[] {
  return REQUIRED[structure] ?? [];
}

/** The values that the member, or each element of it, may have; undefined where any string will do. */
export function allowedValues(structure: string, member: string): readonly string[] | undefined {
  const enumName = ENUM_MEMBERS[structure]?.[member];
  return enumName === undefined ? undefined : ENUMS[enumName];
}

export function numberKind(structure: string, member: string): NumberKind {
  return NUMBER_KINDS[`${structure}.${member}`] ?? "Integer";
}

export function agentStrings(structure: string): readonly string[] {
  return AGENT_STRINGS[structure] ?? [];
}
