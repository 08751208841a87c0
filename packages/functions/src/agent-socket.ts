import chain from "@middy/core";
import { parseAgentFrame } from "@berth/contracts/agent/frames";
import { parseHandshakeQuery } from "@berth/contracts/agent/handshake";
import type { Envelope } from "@berth/contracts/agent/messages";
import { verifySignature } from "@berth/contracts/sigv4";
import type {
  AgentHandshake,
  Dialler,
  HandshakeOutcome,
} from "@berth/control-plane/agents/connections";
import type { ClientHandshake } from "@berth/control-plane/streams/bind-stream";
import { isEcsError } from "@berth/domain/errors";
import type {
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWebsocketEventV2,
  Context,
} from "aws-lambda";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";
import type { Authentication } from "./signed-request.ts";
import { bearerTokenOf, isStreamFrame, streamSessionOf } from "./stream-handshake.ts";

export interface AgentSocketDependencies extends Authentication {
  readonly connect: (handshake: AgentHandshake, dialler: Dialler) => Promise<HandshakeOutcome>;
  readonly disconnect: (connectionId: string) => Promise<void>;
  /** The ends of stream sessions, which dial the same address. */
  readonly streams: StreamEnds;
  /** What it returns is pushed back to the connection. */
  readonly receive: (connectionId: string, frame: Envelope) => Promise<Envelope | undefined>;
  readonly push: (connectionId: string, message: Envelope) => Promise<"sent" | "gone">;
  readonly log: Log;
}

/** Where ends of stream sessions are let in and heard. */
export interface StreamEnds {
  connectClient(handshake: ClientHandshake): Promise<void>;
  connectAgent(
    handshake: AgentHandshake & { readonly sessionId: string },
    dialler: Dialler,
  ): Promise<HandshakeOutcome>;
  receive(connectionId: string, frame: Envelope): Promise<void>;
  /** Whether the connection was one of a session's. */
  disconnect(connectionId: string): Promise<boolean>;
}

/** The handshake is in `$connect` only, and not in AWS's own type of these events. */
export interface AgentSocketEvent extends APIGatewayProxyWebsocketEventV2 {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, string[] | undefined>>;
}

export type AgentSocketHandler = (
  event: AgentSocketEvent,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

const DONE: APIGatewayProxyStructuredResultV2 = { statusCode: 200 };

/**
 * Both of the agents' sockets and both ends of stream sessions, behind an API Gateway WebSocket API. A handshake may be repeated: a
 * newer connection replaces the older one, and an agent that dials twice within a second signs the
 * same.
 */
export function createAgentSocketHandler(
  dependencies: AgentSocketDependencies,
): AgentSocketHandler {
  const handler = chain<AgentSocketEvent, APIGatewayProxyStructuredResultV2>()
    .onError((request) => {
      request.response = faultResponse(request.event, request.error, dependencies.log);
    })
    .handler((event) => route(dependencies, event));
  return (event, context) => handler(event, context ?? ({} as Context));
}

async function route(
  dependencies: AgentSocketDependencies,
  event: AgentSocketEvent,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { routeKey, connectionId } = event.requestContext;
  switch (routeKey) {
    case "$connect":
      return connect(dependencies, event);
    case "$disconnect":
      if (!(await dependencies.streams.disconnect(connectionId))) {
        await dependencies.disconnect(connectionId);
      }
      return DONE;
    default:
      await receive(dependencies, connectionId, event.body ?? "");
      return DONE;
  }
}

async function connect(
  dependencies: AgentSocketDependencies,
  event: AgentSocketEvent,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { findAccessKey, now } = dependencies;
  const { connectionId } = event.requestContext;
  const sessionId = streamSessionOf(event);
  const token = bearerTokenOf(event);
  if (sessionId !== undefined && token !== undefined) {
    await dependencies.streams.connectClient({ connectionId, sessionId, token });
    return DONE;
  }
  const caller = await verifySignature(handshakeRequest(event), { findAccessKey, now: now() });

  const query = parseHandshakeQuery(event.queryStringParameters ?? {});
  if (!query) {
    return refusal(
      400,
      "BadRequestException",
      "The query names no cluster and container instance.",
    );
  }
  const { accessKeyId, isIssued, permissions, principalArn } = caller;
  const dialler = { permissions, principalArn, ...(isIssued && { accessKeyId }) };
  const handshake = { ...query, connectionId };
  const outcome =
    sessionId === undefined
      ? await dependencies.connect(handshake, dialler)
      : await dependencies.streams.connectAgent({ ...handshake, sessionId }, dialler);
  if (outcome === "connected") return DONE;
  const statusCode = outcome.refused === "ServerException" ? 503 : 400;
  return refusal(statusCode, outcome.refused, outcome.message);
}

/** API Gateway keeps neither path nor raw query: the one is the stage, the other is decoded. */
function handshakeRequest(event: AgentSocketEvent) {
  const headers = Object.entries(event.headers ?? {});
  return {
    method: "GET",
    path: `/${event.requestContext.stage}`,
    query: rawQuery(event),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: "",
  };
}

function rawQuery({
  queryStringParameters = {},
  multiValueQueryStringParameters,
}: AgentSocketEvent): string {
  return Object.entries(multiValueQueryStringParameters ?? queryStringParameters)
    .flatMap(([name, values = ""]) => [values].flat().map((value) => [name, value]))
    .map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join("="))
    .join("&");
}

async function receive(
  { receive, push, streams, log }: AgentSocketDependencies,
  connectionId: string,
  text: string,
): Promise<void> {
  const frame = parseAgentFrame(text);
  if (!frame) return log.warn("Dropped a frame that is none", { connectionId });
  if (isStreamFrame(frame.type)) return streams.receive(connectionId, frame);
  const answer = await receive(connectionId, frame);
  // A connection that is gone meanwhile asks again when it is back.
  if (answer) await push(connectionId, answer);
}

/** The agent reads a refusal from the body of the answer that is not 101. */
function refusal(
  statusCode: number,
  type: string,
  message: string,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type, message: { message } }),
  };
}

/** Of all that can be thrown only a bad signature, or a key that may not, is the agent's own doing. */
function faultResponse(
  event: AgentSocketEvent,
  error: Error | null | undefined,
  log: Log,
): APIGatewayProxyStructuredResultV2 {
  if (isEcsError(error)) return refusal(403, "AccessDeniedException", error.message);
  const { routeKey, connectionId } = event.requestContext;
  log.error("Agent event failed", { routeKey, connectionId, ...describeError(error) });
  return refusal(500, "ServerException", "Service Unavailable. Please try again later.");
}
