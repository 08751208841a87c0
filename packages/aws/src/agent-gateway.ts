import {
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import type { Envelope } from "@berth/contracts/agent/messages";

/** The control plane's `AgentGateway`, which this package must not import. */
export interface ConnectionGateway {
  push(connectionId: string, message: Envelope): Promise<"sent" | "gone">;
  close(connectionId: string): Promise<void>;
}

/** Pushes through API Gateway's `@connections`, one JSON text frame a message. */
export function createAgentGateway(client: ApiGatewayManagementApiClient): ConnectionGateway {
  return {
    async push(connectionId, message) {
      const Data = JSON.stringify(message);
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
        return "sent";
      } catch (error) {
        if (isGone(error)) return "gone";
        throw error;
      }
    },

    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === "GoneException";
}
