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
  /** To push to agents. */
  readonly permissions: readonly Permission[];
  /** To end their connections: for the function that they dial, and no other. */
  readonly endingPermissions: readonly Permission[];
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
  const connectionsBy = (method: "POST" | "DELETE") => ({
    actions: ["execute-api:ManageConnections"],
    // The wildcard stands for the connection's id, which nobody knows before it is there.
    resources: [$interpolate`${executionArn}/${STAGE}/${method}/@connections/*`],
  });
  return {
    api,
    agentEndpoint: apiEndpoint.apply((endpoint) => `${endpoint.replace(/^wss/, "https")}/`),
    connectionsEndpoint: api.managementEndpoint,
    permissions: [connectionsBy("POST")],
    endingPermissions: [connectionsBy("DELETE")],
  };
}

/** Agents sign their handshake; the function verifies it, as it does on one machine. */
export function agents(parts: EdgeParts): EntryFunction {
  const served = entryFunction("agent-socket", parts, {
    permissions: parts.sockets.endingPermissions,
  });
  for (const route of ["$connect", "$disconnect", "$default"]) {
    parts.sockets.api.route(route, served.fn.arn);
  }
  return served;
}
