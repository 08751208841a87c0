import { join } from "node:path";
import type { QueueUrls } from "@berth/aws/create-queues";
import { QUEUES } from "@berth/aws/queues";
import { variableName } from "@berth/functions/environment";
import {
  FUNCTION_LIMITS,
  FUNCTIONS,
  type FunctionName,
  type FunctionRole,
} from "@berth/functions/function-limits";
import { swaggerUiDirectory } from "@berth/functions/reference/handler";
import { KMS_KEY_ID } from "../embedded/kms-server.ts";
import type { Handlers } from "../handlers.ts";
import { EVENT_BUS_NAME, type HostOptions, LOCAL_STAGE, TABLE_NAME } from "../host-options.ts";
import type { Bundles } from "./bundle-functions.ts";
import { FunctionPool, PayloadTooLargeError } from "./function-pool.ts";

export interface ProcessHandlersOptions {
  readonly host: HostOptions;
  readonly bundles: Bundles;
  readonly queueUrls: QueueUrls;
  /** Where DynamoDB, SQS, KMS and STS answer. */
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
    changeEvents: invoker("change-events"),
    reference: invoker("reference"),
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

type Variables = Record<string, string>;

/** What the stacks set, what Lambda sets, and where AWS is on this machine. */
function environmentOf(name: FunctionName, options: ProcessHandlersOptions): Variables {
  const { role, memoryMiB } = FUNCTION_LIMITS[name];
  const { scope, credentials, directory } = options.host;
  return {
    AWS_REGION: scope.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    BERTH_STAGE: LOCAL_STAGE,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    NODE_COMPILE_CACHE: directory.compileCache,
    ...VARIABLES[role](options),
    ...(name === "api" && joinVariables(options)),
    ...(name === "dispatch-queue" && { AWS_ENDPOINT_URL_STS: options.servicesEndpoint }),
  };
}

const VARIABLES: Readonly<Record<FunctionRole, (options: ProcessHandlersOptions) => Variables>> = {
  forwarder: queueVariables,
  controller: controllerVariables,
  public: () => ({ BERTH_SWAGGER_UI: swaggerUiDirectory() }),
  publisher: (options) => ({
    ...tableVariables(options),
    BERTH_EVENT_BUS_NAME: EVENT_BUS_NAME,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${options.host.port}`,
  }),
  open: (options) => {
    const { scope, credentials } = options.host;
    const principalArn = `arn:aws:iam::${scope.account}:root`;
    return {
      ...controllerVariables(options),
      BERTH_ACCESS_KEYS: JSON.stringify([{ ...credentials, principalArn }]),
      AWS_ENDPOINT_URL_KMS: options.servicesEndpoint,
      BERTH_KMS_KEY_ID: KMS_KEY_ID,
    };
  },
};

const joinVariables = ({ host: { join: rules } }: ProcessHandlersOptions): Variables => ({
  AWS_ENDPOINT_URL_STS: rules.stsEndpoint,
  BERTH_INSTALLATION: rules.installation,
  BERTH_INSTANCE_ROLES: rules.instanceRoles.join(","),
});

function queueVariables({ queueUrls, servicesEndpoint }: ProcessHandlersOptions): Variables {
  return Object.fromEntries(
    QUEUES.map((queue) => [
      `BERTH_${queue.toUpperCase()}_QUEUE_URL`,
      new URL(new URL(queueUrls[queue]).pathname, servicesEndpoint).href,
    ]),
  );
}

const tableVariables = ({ host, servicesEndpoint }: ProcessHandlersOptions): Variables => ({
  AWS_ENDPOINT_URL_DYNAMODB: servicesEndpoint,
  BERTH_ACCOUNT: host.scope.account,
  BERTH_TABLE_NAME: TABLE_NAME,
});

function controllerVariables(options: ProcessHandlersOptions): Variables {
  const { settings, port } = options.host;
  const { agentEndpoint, ...times } = settings;
  return {
    ...queueVariables(options),
    ...tableVariables(options),
    BERTH_CLOUDWATCH: "false",
    BERTH_TABLE_SHARDS: String(options.host.tableShards),
    ...Object.fromEntries(
      Object.entries(times).map(([setting, value]) => [variableName(setting), String(value)]),
    ),
    BERTH_CONNECTIONS_ENDPOINT: `http://127.0.0.1:${port}`,
    BERTH_AGENT_ENDPOINT: agentEndpoint,
  };
}
