import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateClusterCommand,
  type ECSClient,
  RegisterContainerInstanceCommand,
  type RegisterContainerInstanceCommandInput,
} from "@aws-sdk/client-ecs";
import type { Capacity } from "@berth/domain/resources";
import type { AgentConfig } from "../config.ts";
import type { Gpus } from "../gpus.ts";
import type { Log } from "../log.ts";
import type { InstanceRecord, StateFiles } from "../state-files.ts";
import { TerminalError } from "../terminal-error.ts";
import { errorName } from "./api.ts";
import {
  capabilityAttributes,
  type EngineFacts,
  gpuAttributes,
  identityAttributes,
} from "./attributes.ts";

export interface RegistrationParts {
  readonly api: ECSClient;
  readonly config: AgentConfig;
  readonly files: StateFiles;
  readonly log: Log;
  readonly capacity: Capacity;
  readonly engine: EngineFacts;
  readonly gpus: Gpus;
}

const RETRIED = new Set(["ServerException", "ThrottlingException", "LimitExceededException"]);
const TERMINAL = new Set(["InvalidParameterException", "ClientException"]);
const CLUSTER_MISSING = "ClusterNotFoundException";
const FIRST_RETRY_MS = 3_000;
const MAX_RETRY_MS = 192_000;
const MAX_RETRY_KNOWN_MS = 24_000;
const GIVE_UP_AFTER_MS = 3_600_000;

/**
 * The instance that this agent was before, where that is on record.
 *
 * @throws TerminalError where it was another cluster's
 */
export async function recordedInstance(
  files: StateFiles,
  { cluster }: Pick<AgentConfig, "cluster">,
): Promise<InstanceRecord | undefined> {
  const known = await files.readInstance();
  if (!known || known.cluster === cluster) return known;
  throw new TerminalError(
    `the data directory belongs to an instance of cluster ${known.cluster}, not ${cluster}`,
  );
}

/**
 * Registers the instance, as the one it was before where it was one, and records which it is.
 *
 * @throws TerminalError where the control plane refuses it, or takes attributes for others
 */
export async function registerInstance(
  parts: RegistrationParts,
  known: InstanceRecord | undefined,
): Promise<InstanceRecord> {
  const record = await registerPatiently(parts, known);
  await parts.files.saveInstance(record);
  parts.log.info("registered", { arn: record.containerInstanceArn, again: known !== undefined });
  return record;
}

/** One that is known has containers to look after meanwhile, and waits for as long as it takes. */
async function registerPatiently(
  parts: RegistrationParts,
  known: InstanceRecord | undefined,
): Promise<InstanceRecord> {
  const maxRetryMs = known ? MAX_RETRY_KNOWN_MS : MAX_RETRY_MS;
  const giveUpAt = known ? Number.POSITIVE_INFINITY : performance.now() + GIVE_UP_AFTER_MS;
  const clientToken = randomUUID();
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(maxRetryMs, waitMs * 2)) {
    try {
      return await register(parts, known, clientToken);
    } catch (error) {
      if (error instanceof TerminalError) throw error;
      if (TERMINAL.has(errorName(error))) throw refusal(error);
      const isRetried = known !== undefined || RETRIED.has(errorName(error));
      if (!isRetried || performance.now() + waitMs > giveUpAt) throw error;
      parts.log.warn("registration-delayed", { error, waitMs });
      await delay(waitMs);
    }
  }
}

const refusal = (error: unknown): TerminalError =>
  new TerminalError(
    `registration refused: ${errorName(error)}: ${error instanceof Error ? error.message : ""}`,
    { cause: error },
  );

async function register(
  parts: RegistrationParts,
  known: InstanceRecord | undefined,
  clientToken: string,
): Promise<InstanceRecord> {
  const { api, config } = parts;
  const request = registrationRequest(parts, known);
  const send = () =>
    api.send(withClientToken(new RegisterContainerInstanceCommand(request), clientToken));
  const { containerInstance } = await send().catch(async (error: unknown) => {
    if (!config.clusterIsImplied || !isClusterMissing(error)) throw error;
    await api.send(new CreateClusterCommand({ clusterName: config.cluster }));
    return send();
  });
  if (!containerInstance?.containerInstanceArn) throw new Error("registered without an ARN");
  const echoed = containerInstance.attributes ?? [];
  checkEcho(request.attributes ?? [], echoed);
  const zone = echoed.find(({ name }) => name === "ecs.availability-zone")?.value;
  return {
    cluster: config.cluster,
    containerInstanceArn: containerInstance.containerInstanceArn,
    timeline: known?.timeline ?? -1,
    ...(zone !== undefined && { availabilityZone: zone }),
  };
}

/**
 * Adds the token by which a repeated registration finds the instance of the first. The agent has
 * always sent one, but the public API model that the SDK is made from does not know it.
 */
function withClientToken(
  command: RegisterContainerInstanceCommand,
  clientToken: string,
): RegisterContainerInstanceCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: Uint8Array };
      const body = JSON.parse(new TextDecoder().decode(request.body)) as object;
      request.body = Buffer.from(JSON.stringify({ ...body, clientToken }));
      return next(args);
    },
    // Before the length of the body is taken.
    { step: "build", priority: "high", name: "clientToken" },
  );
  return command;
}

const isClusterMissing = (error: unknown): boolean =>
  errorName(error) === CLUSTER_MISSING ||
  (error instanceof Error && /cluster not found/i.test(error.message));

function registrationRequest(
  { config, capacity, engine, gpus }: RegistrationParts,
  known: InstanceRecord | undefined,
): RegisterContainerInstanceCommandInput {
  return {
    cluster: config.cluster,
    ...(known && { containerInstanceArn: known.containerInstanceArn }),
    // Berth's agent asks no metadata service; the real agent sends the same when it is external.
    instanceIdentityDocument: "",
    instanceIdentityDocumentSignature: "",
    totalResources: [
      { name: "CPU", type: "INTEGER", integerValue: capacity.cpuUnits },
      { name: "MEMORY", type: "INTEGER", integerValue: capacity.memoryMiB },
      { name: "PORTS", type: "STRINGSET", stringSetValue: capacity.usedTcpPorts.map(String) },
      { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: capacity.usedUdpPorts.map(String) },
      ...Object.entries(config.countable ?? {}).map(([name, integerValue]) => ({
        name,
        type: "INTEGER",
        integerValue,
      })),
    ],
    attributes: [
      ...capabilityAttributes(config, engine),
      ...gpuAttributes(gpus),
      ...identityAttributes(config, engine),
      // The user may have changed these through the API since: they are said only once.
      ...(known ? [] : config.instanceAttributes),
    ],
    tags: [...config.instanceTags],
    ...(gpus.ids.length > 0 && { platformDevices: gpus.ids.map((id) => ({ id, type: "GPU" })) }),
  };
}

interface SaidAttribute {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

/** An attribute that came back otherwise would place tasks by something that is not so. */
function checkEcho(sent: readonly SaidAttribute[], echoed: readonly SaidAttribute[]): void {
  const values = new Map(echoed.map(({ name, value }) => [name, value]));
  const wrong = sent.filter(({ name, value }) => value !== undefined && values.get(name) !== value);
  if (wrong.length > 0) {
    const names = wrong.map(({ name }) => name).join(", ");
    throw new TerminalError(`the control plane did not take over attributes: ${names}`);
  }
}
