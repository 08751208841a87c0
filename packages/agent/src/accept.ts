import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { parseArn } from "@berth/domain/arn";
import { networkProblem } from "./network-problem.ts";
import { withPause } from "./pause.ts";
import { DEPENDENCY_CONDITIONS, dependenciesOf, isOrderable } from "./dependencies.ts";

export type AcceptedTask =
  | { readonly kind: "task"; readonly task: PayloadTask }
  /** Reported STOPPED where the task has a name to report it by. */
  | { readonly kind: "refused"; readonly arn?: string; readonly reason: string };

/**
 * Checks a task of a payload before anything relies on it. A task that needs what this agent does
 * not have is refused rather than run without it. The prefix of the reason is spelled as the ECS
 * agent spells it.
 */
export function acceptTask(payload: unknown): AcceptedTask {
  // Go's encoders leave out what is empty.
  const value = typeof payload === "object" ? { volumes: [], ...payload } : payload;
  const arn = textMember(value, "arn");
  if (arn === undefined || parseArn(arn)?.resourceType !== "task") {
    return { kind: "refused", reason: "the task has no valid arn" };
  }
  const problem = shapeProblem(value) ?? supportProblem(value);
  if (problem !== undefined) {
    return { kind: "refused", arn, reason: `UnrecogniedTaskError: ${problem}` };
  }
  const task = value as PayloadTask;
  if (task.desiredStatus === "STOPPED") {
    return { kind: "task", task: { ...task, containers: [], volumes: [] } };
  }
  return isOrderable(task.containers)
    ? { kind: "task", task: withPause(task) }
    : { kind: "refused", arn, reason: "Task dependencies cannot be resolved" };
}

/** What makes the value no task at all, or undefined. Expects that it has an arn. */
function shapeProblem(value: unknown): string | undefined {
  const desiredStatus = textMember(value, "desiredStatus");
  if (desiredStatus !== "RUNNING" && desiredStatus !== "STOPPED") {
    return `desiredStatus must be RUNNING or STOPPED, not ${String(desiredStatus)}`;
  }
  // A stop order is about a known task; all that it needs is the ARN.
  if (desiredStatus === "STOPPED") return undefined;
  const containers = listMember(value, "containers");
  if (containers.length === 0) return "it has no containers";
  return (
    firstDefined(["family", "version"].map((key) => missingText(value, key))) ??
    firstDefined(containers.map(containerShapeProblem))
  );
}

function containerShapeProblem(container: unknown): string | undefined {
  const name = textMember(container, "name");
  if (!name) return "a container has no name";
  if (!textMember(container, "image")) return `container ${name} has no image`;
  const dockerConfig = member(container, "dockerConfig");
  return firstDefined(
    ["config", "hostConfig"].map((key) =>
      isJsonObjectText(member(dockerConfig, key))
        ? undefined
        : `dockerConfig.${key} of container ${name} is not the JSON text of an object`,
    ),
  );
}

/** What the task asks for that this agent cannot give, or undefined. Expects a well-formed task. */
function supportProblem(value: unknown): string | undefined {
  const task = value as PayloadTask;
  if (task.desiredStatus === "STOPPED") return undefined;
  return (
    networkProblem(task) ??
    unsupportedMember(task, TASK_MEMBERS_UNSUPPORTED) ??
    firstDefined(
      task.containers.map((each) => unsupportedMember(each, CONTAINER_MEMBERS_UNSUPPORTED)),
    ) ??
    firstDefined(task.containers.map(sourceProblem)) ??
    dependencyProblem(task) ??
    volumeProblem(task)
  );
}

const TASK_MEMBERS_UNSUPPORTED = ["proxyConfiguration", "attachments"];
const CONTAINER_MEMBERS_UNSUPPORTED = ["firelensConfiguration", "credentialSpecs", "managedAgents"];

function unsupportedMember(value: unknown, names: readonly string[]): string | undefined {
  const name = names.find((each) => !isEmpty(member(value, each)));
  return name === undefined ? undefined : `${name} is not supported`;
}

/** Of what is fetched for the container: from where it is fetched by nobody here. */
function sourceProblem(container: PayloadContainer): string | undefined {
  const { environmentFiles, secrets, registryAuthentication } = container;
  const file = environmentFiles?.find(({ type }) => type !== "s3");
  if (file) return `environmentFiles of type ${file.type} are not supported`;
  const secret = secrets?.find(({ provider }) => provider !== "asm" && provider !== "ssm");
  if (secret) return `secrets of provider ${secret.provider} are not supported`;
  return !registryAuthentication || registryAuthentication.type === "asm"
    ? undefined
    : `registryAuthentication of type ${textMember(registryAuthentication, "type")} is not supported`;
}

function dependencyProblem({ containers }: PayloadTask): string | undefined {
  const names = new Set(containers.map(({ name }) => name));
  if (names.size < containers.length) return "two containers have the same name";
  for (const container of containers) {
    for (const { containerName, condition } of dependenciesOf(container)) {
      if (!names.has(containerName)) {
        return `container ${container.name} depends on ${containerName}, which does not exist`;
      }
      if (!DEPENDENCY_CONDITIONS.includes(condition)) return `dependsOn ${condition} is unknown`;
    }
  }
  return undefined;
}

function volumeProblem({ containers, volumes }: PayloadTask): string | undefined {
  const unknownType = volumes.find(({ type }) => type !== "host" && type !== "docker");
  if (unknownType) return `volume type ${unknownType.type} is not supported`;
  const names = new Set(volumes.map(({ name }) => name));
  const mounted = containers.flatMap(({ mountPoints = [] }) => mountPoints);
  const unknown = mounted.find(({ sourceVolume }) => !names.has(sourceVolume));
  return unknown && `volume ${unknown.sourceVolume} does not exist`;
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textMember(value: unknown, key: string): string | undefined {
  const text = member(value, key);
  return typeof text === "string" ? text : undefined;
}

function listMember(value: unknown, key: string): readonly unknown[] {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
}

const missingText = (value: unknown, key: string): string | undefined =>
  textMember(value, key) ? undefined : `it has no ${key}`;

const firstDefined = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.find((text) => text !== undefined);

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === "";
}

function isJsonObjectText(text: unknown): boolean {
  if (text === undefined || text === null || text === "") return true;
  if (typeof text !== "string") return false;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
