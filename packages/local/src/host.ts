import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  createAutoScalingClient,
  createEventBridgeClient,
  createKmsClient,
  createSqsClient,
  createStsClient,
} from "@berth/aws/clients";
import { createEventBus } from "@berth/aws/event-bus";
import { createRoleKeys } from "@berth/aws/role-keys";
import { createLifecycleActions } from "@berth/aws/lifecycle-actions";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { ChangeEdge } from "@berth/functions/change-events";
import { createEdge } from "@berth/functions/create-edge";
import type { ApiEdge, InstanceEdge } from "@berth/functions/handlers";
import { describeError, type Log } from "@berth/functions/log";
import { createMetrics } from "@berth/functions/metrics";
import { createApiEdge, createOpenEdge } from "@berth/functions/open-edge";
import { createEventHistory } from "@berth/store/dynamodb/event-history";
import { createDynamoReader } from "@berth/store/dynamodb/reader";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { prepareChanges, startChanges } from "./changes/start-changes.ts";
import { kmsKey } from "./embedded/kms-key.ts";
import { KMS_KEY_ID, startKms } from "./embedded/kms-server.ts";
import { embeddedQueues } from "./embedded/queues.ts";
import { socketClientConfig, waitForSocket } from "./embedded/socket-client.ts";
import { type Handlers, handlersOf } from "./handlers.ts";
import { startEventBridge } from "./event-bridge/start-event-bridge.ts";
import { EVENT_BUS_NAME, type HostOptions, LOCAL_STAGE, TABLE_NAME } from "./host-options.ts";
import { createListener, type HttpHandler } from "./http/listener.ts";
import { forwardToLogService } from "./log-service/forward-to-log-service.ts";
import { METRICS_LOG, type MetricsLog, openMetricsLog } from "./metrics-log.ts";
import { startPollers } from "./queues/start-pollers.ts";
import { startRoleKeys } from "./start-role-keys.ts";
import { startSchedules } from "./schedules.ts";
import { taskSources } from "./task-sources.ts";
import { createManagementApi } from "./websocket/management-api.ts";
import { ownSockets } from "./websocket/own-sockets.ts";
import { SocketApi } from "./websocket/socket-api.ts";

/**
 * The control plane of one machine: the handlers that run on Lambda, behind a port of this machine
 * and readers of its queues. Expects the embedded DynamoDB and SQS to be there or on their way.
 */
export async function startHost(
  options: HostOptions,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const { directory } = options;
  const kms = await startKms(kmsKey(directory.kmsKey), directory.kmsSocket);
  const clients = await connect(options);
  const sts = await startRoleKeys(options, clients, log);
  await prepareChanges(options, log);
  const { dynamodb, sqs, queues } = clients;
  const sockets = new SocketApi({
    handler: async (event) => handlers.agentSocket(event),
    now,
    log: (message, error) => log.warn(message, describeError(error)),
  });
  const { handlers, close } = await makeHandlers(options, { ...clients, sockets }, log);
  const root = rootKey(options);
  // The control plane signs with it when it pushes and when it tells. No other key may.
  const findAccessKey = (id: string) => (id === root.accessKeyId ? root : undefined);
  const events = startEventBridge(options, findAccessKey, log);
  const server = createHttpServer(options, {
    handlers,
    sockets,
    events: events.handler,
    services: taskSources(options, clients),
    findAccessKey,
    log,
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");

  const pollers = startPollers({
    client: sqs,
    urls: queues.urls,
    scope: options.scope,
    recreateQueues: async () => queues.recreate(),
    handlers: handlers.queues,
    log,
  });
  const schedules = startSchedules(options, { sweep: handlers.sweep, dynamodb, log });
  const changes = startChanges(options, handlers.changeEvents, log);
  return {
    stop: async () => {
      // While the bus still answers.
      await changes.stop();
      server.close();
      kms.close();
      sts.close();
      sockets.close();
      await Promise.all([pollers.stop(), schedules.stop()]);
      await events.stop();
      close();
      for (const each of [server, kms, sts]) each.closeAllConnections();
    },
  };
}

const now = () => Date.now();

type Clients = Awaited<ReturnType<typeof connect>>;
type Parts = Clients & { readonly sockets: SocketApi };

interface MadeHandlers {
  readonly handlers: Handlers;
  readonly close: () => void;
}

async function makeHandlers(options: HostOptions, clients: Parts, log: Log): Promise<MadeHandlers> {
  if (options.functions === "in-process") {
    const metricsLog = openMetricsLog(join(options.directory.logs, METRICS_LOG), log);
    const edge = edgeOf(options, clients, { log, metricsLog });
    const changes = changeEdgeOf(options, clients, log);
    return { handlers: handlersOf(edge, changes), close: () => metricsLog.close() };
  }
  // Only here: whoever runs in one process needs no bundler.
  const { startBundledHandlers } = await import("./lambda/bundled-handlers.ts");
  return startBundledHandlers(options, clients.queues.urls);
}

async function connect({ directory, scope, credentials, port }: HostOptions) {
  await Promise.all([directory.dynamodbSocket, directory.sqsSocket].map(waitForSocket));
  const identity = { region: scope.region, credentials };
  const dynamodb = new DynamoDBClient(socketClientConfig(directory.dynamodbSocket, identity));
  const sqs = createSqsClient(socketClientConfig(directory.sqsSocket, identity));
  const [queues] = await Promise.all([embeddedQueues(sqs), ensureTable(dynamodb, TABLE_NAME)]);
  const own = { endpoint: `http://127.0.0.1:${port}`, ...identity };
  return {
    dynamodb,
    sqs,
    queues,
    eventBridge: createEventBridgeClient(own),
    kms: createKmsClient(socketClientConfig(directory.kmsSocket, identity)),
    sts: createStsClient(socketClientConfig(directory.stsSocket, identity)),
  };
}

function edgeOf(
  options: HostOptions,
  { dynamodb, sqs, queues, sockets, kms, sts }: Parts,
  { log, metricsLog }: { readonly log: Log; readonly metricsLog: MetricsLog },
): ApiEdge & InstanceEdge {
  const metrics = createMetrics({
    stage: LOCAL_STAGE,
    functionName: "control-plane",
    write: (line) => metricsLog.write(line),
  });
  const edge = createEdge({
    dynamodb,
    tableName: TABLE_NAME,
    tableShards: options.tableShards,
    sqs,
    queueUrls: queues.urls,
    agents: ownSockets(sockets),
    scope: options.scope,
    settings: options.settings,
    metrics,
    log,
  });
  // As on AWS, where its events come from: without them it is asked for nothing.
  const autoScaling = createAutoScalingClient({
    region: options.scope.region,
    credentials: options.credentials,
  });
  const lifecycleActions = createLifecycleActions(autoScaling);
  const keeper = { kms, kmsKeyId: KMS_KEY_ID };
  const open = createOpenEdge(edge, keeper, [rootKey(options)]);
  return {
    ...createApiEdge({ ...open, alarms: NO_CLOUDWATCH }, keeper, options.join),
    lifecycleActions,
    roleKeys: createRoleKeys({
      client: sts,
      now,
      onFailure: (roleArn, error) =>
        log.warn("A role could not be taken", { roleArn, ...describeError(error) }),
    }),
  };
}

function changeEdgeOf(
  { scope }: HostOptions,
  { dynamodb, eventBridge }: Clients,
  log: Log,
): ChangeEdge {
  return {
    scope,
    store: createDynamoReader(dynamodb, TABLE_NAME),
    history: createEventHistory(dynamodb, TABLE_NAME, now),
    bus: createEventBus({ client: eventBridge, busName: EVENT_BUS_NAME }),
    log,
  };
}

const rootKey = ({ credentials, scope }: HostOptions) => ({
  ...credentials,
  principalArn: `arn:aws:iam::${scope.account}:root`,
});

function createHttpServer(
  options: HostOptions,
  parts: {
    readonly handlers: Handlers;
    readonly sockets: SocketApi;
    readonly events: HttpHandler;
    readonly services: ReadonlyMap<string, HttpHandler>;
    readonly findAccessKey: VerifyOptions["findAccessKey"];
    readonly log: Log;
  },
): Server {
  const { handlers, sockets, events, services, findAccessKey, log } = parts;
  const server = createServer(
    createListener({
      account: options.scope.account,
      api: handlers.api,
      reference: handlers.reference,
      connections: createManagementApi({
        findAccessKey,
        now,
        push: async (connectionId, text) => sockets.push(connectionId, text),
        close: async (connectionId) => sockets.disconnect(connectionId),
      }),
      events,
      logs: forwardToLogService(options.directory.logsSocket),
      services,
      log: (message, error) => log.error(message, describeError(error)),
    }),
  );
  server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  return server;
}
