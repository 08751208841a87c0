import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ConnectionGateway } from "@berth/aws/agent-gateway";
import { createSqsClient } from "@berth/aws/clients";
import { connectAgent, disconnectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { commands } from "@berth/control-plane/commands/registry";
import type { ControlPlane } from "@berth/control-plane/context";
import { explainService } from "@berth/control-plane/rest/explain-service";
import { createAgentSocketHandler } from "@berth/functions/agent-socket";
import { createApiHandler } from "@berth/functions/api";
import { describeError, type Log } from "@berth/functions/log";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createControlPlane, TABLE_NAME } from "./control-plane.ts";
import { embeddedQueues } from "./embedded/queues.ts";
import { socketClientConfig, waitForSocket } from "./embedded/socket-client.ts";
import type { HostOptions } from "./host-options.ts";
import { createListener } from "./http/listener.ts";
import { startPollers } from "./queues/start-pollers.ts";
import { startSchedules } from "./schedules.ts";
import { createManagementApi } from "./websocket/management-api.ts";
import { SocketApi } from "./websocket/socket-api.ts";

/**
 * The control plane of one machine: the handlers that run on Lambda, behind a port of this machine
 * and readers of its queues. Expects the embedded DynamoDB and SQS to be there or on their way.
 */
export async function startHost(
  options: HostOptions,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const clients = await connect(options);
  const { dynamodb, sqs, queues } = clients;
  const { controlPlane, relay, gateway } = createControlPlane(
    options,
    { dynamodb, sqs, queueUrls: queues.urls },
    log,
  );
  const sockets = createSocketApi(options, { controlPlane, gateway, log });
  const server = createHttpServer(options, { controlPlane, sockets, log });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");

  const pollers = startPollers({
    client: sqs,
    urls: queues.urls,
    recreateQueues: async () => queues.recreate(),
    controlPlane,
    relay,
    log,
  });
  const schedules = startSchedules(options, { controlPlane, dynamodb, log });
  return {
    stop: async () => {
      server.close();
      sockets.close();
      await Promise.all([pollers.stop(), schedules.stop()]);
      server.closeAllConnections();
    },
  };
}

async function connect({ directory, scope, credentials }: HostOptions) {
  await Promise.all([directory.dynamodbSocket, directory.sqsSocket].map(waitForSocket));
  const identity = { region: scope.region, credentials };
  const dynamodb = new DynamoDBClient(socketClientConfig(directory.dynamodbSocket, identity));
  const sqs = createSqsClient(socketClientConfig(directory.sqsSocket, identity));
  const [queues] = await Promise.all([embeddedQueues(sqs), ensureTable(dynamodb, TABLE_NAME)]);
  return { dynamodb, sqs, queues };
}

/** The root key is the only one there is. */
function findRootKey({ credentials, scope }: HostOptions) {
  const { accessKeyId, secretAccessKey } = credentials;
  const principalArn = `arn:aws:iam::${scope.account}:root`;
  return (id: string) => (id === accessKeyId ? { secretAccessKey, principalArn } : undefined);
}

function createSocketApi(
  options: HostOptions,
  parts: {
    readonly controlPlane: ControlPlane;
    readonly gateway: ConnectionGateway;
    readonly log: Log;
  },
): SocketApi {
  const { controlPlane, gateway, log } = parts;
  return new SocketApi({
    handler: createAgentSocketHandler({
      findAccessKey: findRootKey(options),
      now: () => controlPlane.now(),
      connect: async (handshake) => connectAgent(controlPlane, handshake),
      disconnect: async (connectionId) => disconnectAgent(controlPlane, connectionId),
      receive: async (connectionId, frame) => receiveFromAgent(controlPlane, connectionId, frame),
      push: async (connectionId, message) => gateway.push(connectionId, message),
      log,
    }),
    now: () => controlPlane.now(),
    log: (message, error) => log.warn(message, describeError(error)),
  });
}

function createHttpServer(
  options: HostOptions,
  parts: { readonly controlPlane: ControlPlane; readonly sockets: SocketApi; readonly log: Log },
): Server {
  const { controlPlane, sockets, log } = parts;
  const findAccessKey = findRootKey(options);
  const server = createServer(
    createListener({
      account: options.scope.account,
      api: createApiHandler({
        controlPlane,
        commands,
        rest: {
          "GET /v1/services/:service/explain": async (context, { service = "", cluster }) =>
            explainService(context, { service, ...(cluster === undefined ? {} : { cluster }) }),
        },
        findAccessKey,
        log,
      }),
      connections: createManagementApi({
        findAccessKey,
        now: () => controlPlane.now(),
        push: async (connectionId, text) => sockets.push(connectionId, text),
      }),
      log: (message, error) => log.error(message, describeError(error)),
    }),
  );
  server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  return server;
}
