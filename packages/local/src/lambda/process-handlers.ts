import { join } from "node:path";
import type { QueueUrls } from "@berth/aws/create-queues";
import { QUEUES } from "@berth/aws/queues";
import { variableName } from "@berth/functions/environment";
import { FUNCTION_LIMITS, FUNCTIONS, type FunctionName } from "@berth/functions/function-limits";
import { KMS_KEY_ID } from "../embedded/kms-server.ts";
import type { Handlers } from "../handlers.ts";
import { type HostOptions, LOCAL_STAGE, TABLE_NAME } from "../host-options.ts";
import type { Bundles } from "./bundle-functions.ts";
import { FunctionPool, PayloadTooLargeError } from "./function-pool.ts";

export interface ProcessHandlersOptions {
  readonly host: HostOptions;
  readonly bundles: Bundles;
  readonly queueUrls: QueueUrls;
  /** Where DynamoDB, SQS and KMS answer. */
  readonly servicesEndpoint: string;
  readonly alwaysCold: boolean;
}

/** Instances of one function on a machine that has other things to do; open ones have callers who wait. */
const MAX_CONCURRENCY = 2;
const MAX_CALLERS = 4;

/** The functions as Lambda has them: the bundles, each in processes of its own. */
export function startProcessHandlers(
  options: ProcessHandlersOptions,
): Handlers & { close(): void } {
  const pools = Object.fromEntries(
    FUNCTIONS.map((name) => [name, functionPool(name, options)]),
  ) as Record<FunctionName, FunctionPool>;
  const invoker = (name: FunctionName) => async (event: unknown) =>
    (await pools[name].invoke(event)) as never;
  return {
    api: async (event) => {
      try {
        return await invoker("api")(event);
      } catch (error) {
        if (error instanceof PayloadTooLargeError) return { statusCode: 413, body: error.message };
        throw error;
      }
    },
    agentSocket: invoker("agent-socket"),
    queues: Object.fromEntries(
      QUEUES.map((queue) => [queue, invoker(`${queue}-queue`)]),
    ) as unknown as Handlers["queues"],
    sweep: async () => invoker("sweep")({}),
    close: () => {
      for (const pool of Object.values(pools)) pool.close();
    },
  };
}

/** One function with its environment and limits. */
export function functionPool(name: FunctionName, options: ProcessHandlersOptions): FunctionPool {
  const { host, bundles, alwaysCold } = options;
  return new FunctionPool({
    name,
    bundle: bundles[name].path,
    env: environmentOf(name, options),
    limits: FUNCTION_LIMITS[name],
    maxConcurrency: FUNCTION_LIMITS[name].role === "open" ? MAX_CALLERS : MAX_CONCURRENCY,
    alwaysCold,
    logFile: join(host.directory.logs, `function-${name}.log`),
  });
}

/** What the stacks set, what Lambda sets, and where AWS is on this machine. */
function environmentOf(
  name: FunctionName,
  { host, queueUrls, servicesEndpoint }: ProcessHandlersOptions,
): Record<string, string> {
  const { scope, credentials, settings, port, directory, join: rules } = host;
  const { agentEndpoint, ...times } = settings;
  const { role, memoryMiB } = FUNCTION_LIMITS[name];
  const principalArn = `arn:aws:iam::${scope.account}:root`;
  const everyones = {
    AWS_REGION: scope.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    BERTH_STAGE: LOCAL_STAGE,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    NODE_COMPILE_CACHE: directory.compileCache,
    ...Object.fromEntries(
      QUEUES.map((queue) => [
        `BERTH_${queue.toUpperCase()}_QUEUE_URL`,
        new URL(new URL(queueUrls[queue]).pathname, servicesEndpoint).href,
      ]),
    ),
  };
  if (role === "forwarder") return everyones;
  return {
    ...everyones,
    ...Object.fromEntries(
      Object.entries(times).map(([setting, value]) => [variableName(setting), String(value)]),
    ),
    AWS_ENDPOINT_URL_DYNAMODB: servicesEndpoint,
    BERTH_ACCOUNT: scope.account,
    BERTH_TABLE_NAME: TABLE_NAME,
    BERTH_CONNECTIONS_ENDPOINT: `http://127.0.0.1:${port}`,
    BERTH_AGENT_ENDPOINT: agentEndpoint,
    ...(role === "open" && {
      BERTH_ACCESS_KEYS: JSON.stringify([{ ...credentials, principalArn }]),
      AWS_ENDPOINT_URL_KMS: servicesEndpoint,
      BERTH_KMS_KEY_ID: KMS_KEY_ID,
    }),
    ...(name === "api" && {
      AWS_ENDPOINT_URL_STS: rules.stsEndpoint,
      BERTH_INSTALLATION: rules.installation,
      BERTH_INSTANCE_ROLES: rules.instanceRoles.join(","),
    }),
  };
}
