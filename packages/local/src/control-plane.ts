import { randomBytes } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ConnectionGateway, createAgentGateway } from "@berth/aws/agent-gateway";
import { createConnectionsClient } from "@berth/aws/clients";
import type { QueueUrls } from "@berth/aws/create-queues";
import { createForgivingRelay, createSqsRelay, type WakeRelay } from "@berth/aws/sqs-relay";
import type { ControlPlane } from "@berth/control-plane/context";
import { describeError, type Log } from "@berth/functions/log";
import { createStore } from "@berth/store/create-store";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import type { HostOptions } from "./host-options.ts";

/** The one table of an installation. */
export const TABLE_NAME = "berth";

const now = () => Date.now();

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly queueUrls: QueueUrls;
}

/**
 * The control plane over one machine's clients, and what it is made of for those who
 * need a relay that tells of failures, or push what the control plane does not know.
 */
export function createControlPlane(
  options: HostOptions,
  { dynamodb, sqs, queueUrls }: Clients,
  log: Log,
): {
  readonly controlPlane: ControlPlane;
  readonly relay: WakeRelay;
  readonly gateway: ConnectionGateway;
} {
  const { settings, scope, credentials, port } = options;
  const relay = createSqsRelay({ client: sqs, queueUrls, now });
  const connections = createConnectionsClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: scope.region,
    credentials,
  });
  const gateway = createAgentGateway(connections);
  const controlPlane: ControlPlane = {
    store: createStore(createDynamoTable({ client: dynamodb, tableName: TABLE_NAME }), {
      historyMs: settings.historyMs,
      now,
    }),
    relay: createForgivingRelay(relay, (message, error) =>
      log.warn("Lost a wake-up", { message, ...describeError(error) }),
    ),
    agents: gateway,
    scope,
    settings,
    now,
    randomHex,
  };
  return { controlPlane, relay, gateway };
}

function randomHex(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);
}
