import { resolve } from "node:path";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import type { Settings } from "@berth/control-plane/settings";
import { defined } from "@berth/domain/defined";
import { z } from "zod";

/** What a function on AWS is told by its environment. */
export interface Environment {
  readonly region: string;
  readonly account: string;
  readonly tableName: string;
  readonly tableShards: number;
  readonly queueUrls: {
    readonly service: string;
    readonly placement: string;
    readonly dispatch: string;
    readonly coalesced: string;
    readonly timers: string;
  };
  /** Only where DynamoDB is not AWS's own. */
  readonly dynamodbEndpoint?: string;
  /** Where frames are posted to agents: the WebSocket API's `@connections`, without that part. */
  readonly connectionsEndpoint: string;
  readonly settings: Settings;
}

/** A process's environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

const text = z.string().min(1);
const accountId = z.string().regex(/^\d{12}$/);
const stage = z.object({ BERTH_STAGE: text });

/** Credentials of the function itself are the SDK's to read. */
const controllerQueueVariables = z.object({
  AWS_REGION: text,
  BERTH_SERVICE_QUEUE_URL: z.url(),
  BERTH_PLACEMENT_QUEUE_URL: z.url(),
  BERTH_DISPATCH_QUEUE_URL: z.url(),
});

const shardsVariables = z.object({ BERTH_TABLE_SHARDS: z.coerce.number().int().min(1).max(256) });

const variables = controllerQueueVariables.extend({
  BERTH_ACCOUNT: accountId,
  BERTH_TABLE_NAME: text,
  ...shardsVariables.shape,
  BERTH_COALESCED_QUEUE_URL: z.url(),
  BERTH_TIMERS_QUEUE_URL: z.url(),
  AWS_ENDPOINT_URL_DYNAMODB: z.url().optional(),
  BERTH_CONNECTIONS_ENDPOINT: z.url(),
  BERTH_AGENT_ENDPOINT: z.url().endsWith("/"),
});

/** @throws Error that names every variable which is missing or wrong, and the value of none */
export function readEnvironment(env: Variables): Environment {
  const given = parseVariables(variables, env);
  return {
    region: given.AWS_REGION,
    account: given.BERTH_ACCOUNT,
    tableName: given.BERTH_TABLE_NAME,
    tableShards: given.BERTH_TABLE_SHARDS,
    queueUrls: {
      ...controllerQueues(given),
      coalesced: given.BERTH_COALESCED_QUEUE_URL,
      timers: given.BERTH_TIMERS_QUEUE_URL,
    },
    ...(given.AWS_ENDPOINT_URL_DYNAMODB !== undefined && {
      dynamodbEndpoint: given.AWS_ENDPOINT_URL_DYNAMODB,
    }),
    connectionsEndpoint: given.BERTH_CONNECTIONS_ENDPOINT,
    settings: { ...readSettings(env), agentEndpoint: given.BERTH_AGENT_ENDPOINT },
  };
}

const reference = z.object({ BERTH_SWAGGER_UI: text });

/** Where Swagger UI's files lie; on AWS that is beside the function's bundle. */
export const readSwaggerUiDirectory = (env: Variables): string =>
  resolve(parseVariables(reference, env).BERTH_SWAGGER_UI);

const cloudWatch = z.object({ BERTH_CLOUDWATCH: z.stringbool().default(true) });

/** Whether there is CloudWatch, whose alarms deployments may name. One machine has none. */
export const readHasCloudWatch = (env: Variables): boolean =>
  parseVariables(cloudWatch, env).BERTH_CLOUDWATCH;

/** The table's shards, for every process that writes it: one that errs finds nothing of what others wrote. */
export const readTableShards = (env: Variables): number =>
  parseVariables(shardsVariables, env).BERTH_TABLE_SHARDS;

/** Which of the stages in an account this is: for every function. */
export const readStage = (env: Variables): string => parseVariables(stage, env).BERTH_STAGE;

/**
 * What a function is told that only hands messages on.
 *
 * @throws Error that names every variable which is missing or wrong
 */
export function readControllerQueues(env: Variables): {
  readonly region: string;
  readonly queueUrls: Pick<Environment["queueUrls"], "service" | "placement" | "dispatch">;
} {
  const given = parseVariables(controllerQueueVariables, env);
  return { region: given.AWS_REGION, queueUrls: controllerQueues(given) };
}

const publisherVariables = z.object({
  AWS_REGION: text,
  BERTH_ACCOUNT: accountId,
  BERTH_TABLE_NAME: text,
  BERTH_EVENT_BUS_NAME: text,
  AWS_ENDPOINT_URL_DYNAMODB: z.url().optional(),
  AWS_ENDPOINT_URL_EVENTBRIDGE: z.url().optional(),
});

/** What the function is told that tells of changes. */
export interface PublisherEnvironment {
  readonly region: string;
  readonly account: string;
  readonly tableName: string;
  readonly busName: string;
  /** Only where the services are not AWS's own. */
  readonly endpoints: {
    readonly dynamodb: { readonly endpoint?: string };
    readonly eventBridge: { readonly endpoint?: string };
  };
}

/** @throws Error that names every variable which is missing or wrong */
export function readPublisherEnvironment(env: Variables): PublisherEnvironment {
  const given = parseVariables(publisherVariables, env);
  return {
    region: given.AWS_REGION,
    account: given.BERTH_ACCOUNT,
    tableName: given.BERTH_TABLE_NAME,
    busName: given.BERTH_EVENT_BUS_NAME,
    endpoints: {
      dynamodb: defined({ endpoint: given.AWS_ENDPOINT_URL_DYNAMODB }),
      eventBridge: defined({ endpoint: given.AWS_ENDPOINT_URL_EVENTBRIDGE }),
    },
  };
}

const controllerQueues = (given: z.infer<typeof controllerQueueVariables>) => ({
  service: given.BERTH_SERVICE_QUEUE_URL,
  placement: given.BERTH_PLACEMENT_QUEUE_URL,
  dispatch: given.BERTH_DISPATCH_QUEUE_URL,
});

/** Every setting by its own name: `BERTH_INSTANCE_LOST_AFTER_MS` is `instanceLostAfterMs`. */
export function readSettings(env: Variables): typeof DEFAULT_SETTINGS {
  const names = Object.keys(DEFAULT_SETTINGS) as (keyof typeof DEFAULT_SETTINGS)[];
  const schema = z.object(
    Object.fromEntries(
      names.map((name) => [
        variableName(name),
        z
          .string()
          .regex(/^\d+$/, "must be a number of milliseconds")
          .transform(Number)
          .default(DEFAULT_SETTINGS[name]),
      ]),
    ),
  );
  const given = parseVariables(schema, env);
  const entries = names.map((name) => [name, given[variableName(name)]]);
  const settings = Object.fromEntries(entries) as typeof DEFAULT_SETTINGS;
  if (settings.leaseMs <= settings.heartbeatIntervalMs) {
    throw new Error(
      "BERTH_LEASE_MS must be more than BERTH_HEARTBEAT_INTERVAL_MS, or every agent would be given up between two heartbeats.",
    );
  }
  return settings;
}

/** `leaseMs` is `BERTH_LEASE_MS`. */
export function variableName(setting: string): string {
  return `BERTH_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** @throws Error that names every variable which is missing or wrong, and the value of none */
export function parseVariables<Output>(schema: z.ZodType<Output>, env: Variables): Output {
  const outcome = schema.safeParse(env);
  if (outcome.success) return outcome.data;
  const faults = outcome.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`The environment cannot be used. ${faults.join("; ")}`);
}
