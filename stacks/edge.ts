import { ARCHITECTURE, FUNCTION_LIMITS } from "../packages/functions/src/function-limits.ts";
import type { FunctionName, FunctionRole } from "../packages/functions/src/function-limits.ts";
import { LOG_RETENTION_DAYS, TRACING } from "./defaults.ts";
import { AWS_TABLE_SHARDS } from "../packages/functions/src/table-shards.ts";
import type { AgentSockets } from "./agents.ts";
import type { KeyParts } from "./keys.ts";
import type { WakeQueue, WakeQueues } from "./queues.ts";

/** Actions of one service on what they may be used on. Never with `link`, which grants all of them. */
export interface Permission {
  readonly actions: string[];
  readonly resources: $util.Input<string>[];
}

type Environment = Readonly<Record<string, $util.Input<string>>>;

/** What a function is told and may do, as its composition root in `packages/functions` needs it. */
export interface Role {
  readonly environment: Environment;
  readonly permissions: readonly Permission[];
}

export interface EdgeParts {
  readonly queues: WakeQueues;
  readonly sockets: AgentSockets;
  readonly keys: KeyParts;
  readonly roles: Readonly<Record<FunctionRole, Role>>;
  /** JSON, as `BERTH_ACCESS_KEYS`. */
  readonly accessKeys: $util.Output<string>;
}

export interface EntryFunction {
  readonly entry: FunctionName;
  /** The physical name. */
  readonly name: string;
  readonly fn: sst.aws.Function;
}

interface Stores {
  readonly table: sst.aws.Dynamo;
  readonly tablePermissions: readonly Permission[];
  readonly queues: WakeQueues;
  readonly sockets: AgentSockets;
  readonly bus: sst.aws.Bus;
  readonly keys: KeyParts;
}

/** What `packages/functions` makes its composition roots of. */
export function edge({ table, tablePermissions, queues, sockets, bus, keys }: Stores): EdgeParts {
  const account = aws.getCallerIdentityOutput().accountId;
  const { service, placement, dispatch, coalesced, timers } = queues;
  const forwarder: Role = {
    environment: {
      BERTH_SERVICE_QUEUE_URL: service.queue.url,
      BERTH_PLACEMENT_QUEUE_URL: placement.queue.url,
      BERTH_DISPATCH_QUEUE_URL: dispatch.queue.url,
    },
    permissions: [sendingTo([service, placement, dispatch])],
  };
  const controller: Role = {
    environment: {
      ...forwarder.environment,
      BERTH_COALESCED_QUEUE_URL: coalesced.queue.url,
      BERTH_TIMERS_QUEUE_URL: timers.queue.url,
      BERTH_ACCOUNT: account,
      BERTH_TABLE_NAME: table.name,
      BERTH_TABLE_SHARDS: String(AWS_TABLE_SHARDS),
      BERTH_CONNECTIONS_ENDPOINT: sockets.connectionsEndpoint,
      BERTH_AGENT_ENDPOINT: sockets.agentEndpoint,
    },
    permissions: [...tablePermissions, sendingTo(Object.values(queues)), ...sockets.permissions],
  };
  const accessKeys = new sst.Secret("AccessKeys").value;
  const open: Role = {
    environment: {
      ...controller.environment,
      BERTH_ACCESS_KEYS: accessKeys,
      BERTH_KMS_KEY_ID: keys.kmsKeyArn,
    },
    permissions: [...controller.permissions, keys.opening],
  };
  const publisher: Role = {
    environment: {
      BERTH_ACCOUNT: account,
      BERTH_TABLE_NAME: table.name,
      BERTH_EVENT_BUS_NAME: bus.name,
    },
    permissions: [
      { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [table.arn] },
      { actions: ["events:PutEvents"], resources: [bus.arn] },
    ],
  };
  const roles = {
    controller,
    open,
    forwarder,
    publisher,
    public: { environment: {}, permissions: [] },
  };
  return { queues, sockets, keys, accessKeys, roles };
}

function sendingTo(queues: readonly WakeQueue[]): Permission {
  return {
    actions: ["sqs:SendMessage"],
    resources: queues.map(({ queue }) => queue.arn),
  };
}

/**
 * For what decides about services, whose deployments name alarms of this account. CloudWatch tells of
 * composite alarms only whom it may tell of all: AWS demands the wildcard.
 */
export const LOOKING_AT_ALARMS: Permission = {
  actions: ["cloudwatch:DescribeAlarms"],
  resources: ["*"],
};

interface EntrySettings {
  /** Besides those of its role, both. */
  readonly permissions?: readonly Permission[];
  readonly environment?: Environment;
  /** What goes with its bundle: from the repository, to where the function finds it. */
  readonly copyFiles?: { from: string; to: string }[];
  /** How often Lambda itself tries an event again that nobody waits for. */
  readonly retries?: number;
  /** Where such an event goes in the end, and after how many seconds at the latest. Needs `retries`. */
  readonly failuresTo?: { readonly queue: sst.aws.Queue; readonly maximumAgeSeconds: number };
}

/** One Lambda function of an entry point of `packages/functions`, which SST bundles. */
export function entryFunction(
  entry: FunctionName,
  parts: EdgeParts,
  { permissions = [], environment: own = {}, failuresTo, ...settings }: EntrySettings = {},
): EntryFunction {
  const { role, memoryMiB, timeoutSeconds } = FUNCTION_LIMITS[entry];
  const { environment, permissions: rolePermissions } = parts.roles[role];
  const component = entry.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const name = `${$app.name}-${$app.stage}-${entry}`;
  const logGroup = new aws.cloudwatch.LogGroup(`${component}Log`, {
    name: `/aws/lambda/${name}`,
    retentionInDays: LOG_RETENTION_DAYS,
  });
  const fn = new sst.aws.Function(component, {
    name,
    handler: `packages/functions/src/entry/${entry}.handler`,
    runtime: "nodejs24.x",
    architecture: ARCHITECTURE,
    memory: `${memoryMiB} MB`,
    timeout: `${timeoutSeconds} seconds`,
    environment: { BERTH_STAGE: $app.stage, ...environment, ...own },
    permissions: [...rolePermissions, ...permissions, writingTo(logGroup), ...tracing()],
    logging: { logGroup: logGroup.name },
    transform: {
      function: TRACING ? { tracingConfig: { mode: "Active" } } : {},
      // AWS's managed policy for logs is for all log groups of the account.
      role: { managedPolicyArns: [] },
      eventInvokeConfig: failuresTo
        ? {
            maximumEventAgeInSeconds: failuresTo.maximumAgeSeconds,
            destinationConfig: { onFailure: { destination: failuresTo.queue.arn } },
          }
        : {},
    },
    ...settings,
  });
  return { entry, name, fn };
}

/** The wildcard stands for the log stream, which Lambda names when it makes it. */
function writingTo(logGroup: aws.cloudwatch.LogGroup): Permission {
  return {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [$interpolate`${logGroup.arn}:*`],
  };
}

/** X-Ray knows no resources to be named: AWS demands the wildcard. */
function tracing(): readonly Permission[] {
  if (!TRACING) return [];
  const actions = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
  return [{ actions, resources: ["*"] }];
}
