import { ACCESS_LOG_RETENTION, SOCKET_THROTTLING } from "./defaults.ts";
import { entryFunction } from "./edge.ts";
import type { EdgeParts, EntryFunction, Permission } from "./edge.ts";

/** ECS agents append `ws` to the endpoint that they are told: only the stage can carry that path. */
const STAGE = "ws";

export interface AgentSockets {
  readonly api: sst.aws.ApiGatewayWebSocket;
  /** What agents are told to dial. */
  readonly agentEndpoint: $util.Output<string>;
  /** Where frames are posted to agents. */
  readonly connectionsEndpoint: $util.Output<string>;
  readonly permissions: readonly Permission[];
}

/** The API alone: every function must know where it is, and one of them serves it. */
export function agentSockets(): AgentSockets {
  const api = new sst.aws.ApiGatewayWebSocket("AgentSockets", {
    accessLog: { retention: ACCESS_LOG_RETENTION },
    transform: {
      // Frames of the agent protocol say what they are in `type`.
      api: { routeSelectionExpression: "$request.body.type" },
      stage: {
        name: STAGE,
        defaultRouteSettings: SOCKET_THROTTLING,
      },
    },
  });
  const { apiEndpoint, executionArn } = api.nodes.api;
  return {
    api,
    agentEndpoint: apiEndpoint.apply((endpoint) => `${endpoint.replace(/^wss/, "https")}/`),
    connectionsEndpoint: api.managementEndpoint,
    permissions: [
      {
        actions: ["execute-api:ManageConnections"],
        // To push and to end. The wildcard stands for the id, which nobody knows before it is there.
        resources: ["POST", "DELETE"].map(
          (method) => $interpolate`${executionArn}/${STAGE}/${method}/@connections/*`,
        ),
      },
    ],
  };
}

/** Agents sign their handshake; the function verifies it, as it does on one machine. */
export function agents(parts: EdgeParts): EntryFunction {
  const served = entryFunction("agent-socket", parts);
  for (const route of ["$connect", "$disconnect", "$default"]) {
    parts.sockets.api.route(route, served.fn.arn);
  }
  return served;
}
