import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import { joinedHeaders, splitUrl } from "../http/proxy-event.ts";

/**
 * The name of the WebSocket API's stage. On AWS it is the first part of the path and not in the
 * event otherwise; agents dial `/ws`.
 */
export const STAGE = "ws";

/** What every event of one connection has in common. */
export interface Connection {
  readonly connectionId: string;
  /** Epoch ms. */
  readonly connectedAt: number;
  readonly domainName: string;
}

/** `$connect` also carries the handshake, which the other two events do not. */
export interface WebsocketConnectEvent extends APIGatewayProxyWebsocketEventV2 {
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly queryStringParameters: Record<string, string>;
  readonly multiValueQueryStringParameters: Record<string, string[]>;
}

export type WebsocketEvent = APIGatewayProxyWebsocketEventV2 | WebsocketConnectEvent;

export function newConnection(request: IncomingMessage, now: number): Connection {
  return {
    connectionId: randomBytes(12).toString("base64url"),
    connectedAt: now,
    domainName: request.headers.host ?? "localhost",
  };
}

export function connectEvent(
  connection: Connection,
  request: IncomingMessage,
  now: number,
): WebsocketConnectEvent {
  const parameters = new URLSearchParams(splitUrl(request.url ?? "/").rawQueryString);
  const names = [...new Set(parameters.keys())];
  const distinct = Object.entries(request.headersDistinct);
  return {
    ...websocketEvent(connection, { routeKey: "$connect", eventType: "CONNECT", now }),
    headers: joinedHeaders(request),
    multiValueHeaders: Object.fromEntries(distinct.map(([name, values]) => [name, values ?? []])),
    queryStringParameters: Object.fromEntries(
      names.map((name) => [name, parameters.getAll(name).at(-1) ?? ""]),
    ),
    multiValueQueryStringParameters: Object.fromEntries(
      names.map((name) => [name, parameters.getAll(name)]),
    ),
  };
}

export function messageEvent(connection: Connection, text: string, now: number): WebsocketEvent {
  return {
    ...websocketEvent(connection, { routeKey: "$default", eventType: "MESSAGE", now }),
    body: text,
  };
}

export function disconnectEvent(connection: Connection, now: number): WebsocketEvent {
  return websocketEvent(connection, { routeKey: "$disconnect", eventType: "DISCONNECT", now });
}

function websocketEvent(
  connection: Connection,
  event: {
    readonly routeKey: "$connect" | "$default" | "$disconnect";
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly now: number;
  },
): APIGatewayProxyWebsocketEventV2 {
  const requestId = randomUUID();
  return {
    requestContext: {
      routeKey: event.routeKey,
      eventType: event.eventType,
      messageId: requestId,
      extendedRequestId: requestId,
      requestId,
      requestTime: new Date(event.now).toISOString(),
      requestTimeEpoch: event.now,
      messageDirection: "IN",
      stage: STAGE,
      connectedAt: connection.connectedAt,
      connectionId: connection.connectionId,
      domainName: connection.domainName,
      apiId: "local",
    },
    isBase64Encoded: false,
  };
}
