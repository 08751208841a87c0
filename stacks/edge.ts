import { MEMORY, LOG_RETENTION_DAYS } from "./defaults.ts";
import type { Entry } from "./defaults.ts";
import type { AgentSockets } from "./agents.ts";
import type { WakeQueues } from "./queues.ts";

/** Actions of one service on what they may be used on. Never with `link`, which grants all of them. */
export interface Permission {
  readonly actions: string[];
  readonly resources: $util.Input<string>[];
}

/** What every function is told, and what all that talk to the control plane's stores may do. */
export interface EdgeParts {
  readonly queues: WakeQueues;
  readonly sockets: AgentSockets;
  readonly environment: Readonly<Record<string, $util.Input<string>>>;
  readonly permissions: readonly Permission[];
  /** JSON, as `BERTH_ACCESS_KEYS`. */
  readonly accessKeys: $util.Output<string>;
}

export interface EntryFunction {
  readonly entry: Entry;
  /** The physical name. */
  readonly name: string;
  readonly fn: sst.aws.Function;
}

interface Stores {
  readonly table: sst.aws.Dynamo;
  readonly tablePermissions: readonly Permission[];
  readonly queues: WakeQueues;
  readonly sockets: AgentSockets;
}

/** What `packages/functions` makes its composition root of. */
export function edge({ table, tablePermissions, queues, sockets }: Stores): EdgeParts {
  const accessKeys = new sst.Secret("AccessKeys").value;
  return {
    accessKeys,
    queues,
    sockets,
    environment: {
      BERTH_ACCOUNT: aws.getCallerIdentityOutput().accountId,
      BERTH_TABLE_NAME: table.name,
      BERTH_SERVICE_QUEUE_URL: queues.service.queue.url,
      BERTH_PLACEMENT_QUEUE_URL: queues.placement.queue.url,
      BERTH_DISPATCH_QUEUE_URL: queues.dispatch.queue.url,
      BERTH_COALESCED_QUEUE_URL: queues.coalesced.queue.url,
      BERTH_TIMERS_QUEUE_URL: queues.timers.queue.url,
      BERTH_CONNECTIONS_ENDPOINT: sockets.connectionsEndpoint,
      BERTH_AGENT_ENDPOINT: sockets.agentEndpoint,
      BERTH_ACCESS_KEYS: accessKeys,
    },
    permissions: [...tablePermissions, sendingTo(queues), ...sockets.permissions],
  };
}

function sendingTo(queues: WakeQueues): Permission {
  return {
    actions: ["sqs:SendMessage"],
    resources: Object.values(queues).map(({ queue }) => queue.arn),
  };
}

interface EntrySettings {
  readonly timeout: `${number} seconds`;
  readonly permissions: readonly Permission[];
  /** How often Lambda itself tries an event again that nobody waits for. */
  readonly retries?: number;
}

/** One Lambda function of an entry point of `packages/functions`, which SST bundles. */
export function entryFunction(
  entry: Entry,
  { environment }: EdgeParts,
  { permissions, ...settings }: EntrySettings,
): EntryFunction {
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
    architecture: "arm64",
    memory: MEMORY[entry],
    environment: { ...environment },
    permissions: [...permissions, writingTo(logGroup)],
    logging: { logGroup: logGroup.name },
    // AWS's managed policy for logs is for all log groups of the account.
    transform: { role: { managedPolicyArns: [] } },
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
