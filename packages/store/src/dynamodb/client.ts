import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

export interface DynamoClientSettings {
  /** Left out on AWS: the region's own endpoint. */
  readonly endpoint?: string;
  readonly region: string;
  /** Left out on AWS: the SDK's chain finds those of the role. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The SDK client that every table of this process shares: connections are kept, and there are
 * enough of them that a burst waits for DynamoDB and not for a socket.
 */
export function createDynamoClient(settings: DynamoClientSettings): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new DynamoDBClient({
    ...settings,
    requestHandler: {
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
    },
  });
}

const MAX_SOCKETS = 64;
const CONNECTION_TIMEOUT_MS = 1_000;
/** Long: an embedded server that pauses must not be sent everything twice. */
const SOCKET_TIMEOUT_MS = 10_000;
