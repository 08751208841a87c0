import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { EcsError, HTTP_STATUS } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { readBody } from "./body.ts";
import { EVENT_BRIDGE_TARGET } from "../event-bridge/put-events.ts";
import { LOGS_TARGET } from "../log-service/logs-target.ts";
import { isStream, sendStream } from "./event-stream.ts";
import { signedService } from "./signed-event.ts";
import { toProxyEvent, writeResult } from "./proxy-event.ts";

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Routes {
  readonly account: string;
  /** Everything that no other route takes. */
  readonly api: HttpHandler;
  /** `/@connections/…`: API Gateway's management API for WebSockets. */
  readonly connections: HttpHandler;
  /** `/reference`: the page of the REST API. */
  readonly reference: HttpHandler;
  /** EventBridge, told by its target header. */
  readonly events: HttpHandler;
  /** CloudWatch Logs, told by its target header: handed on as it comes. */
  readonly logs: RequestListener;
  /** Further embedded services, by the names that requests to them are signed for. */
  readonly services?: ReadonlyMap<string, HttpHandler>;
  readonly log: (message: string, error: unknown) => void;
}

/** The one port: reads a request whole, hands it as an event to its route and sends the answer. */
export function createListener(routes: Routes): RequestListener {
  return (request, response) => {
    if (String(request.headers["x-amz-target"]).startsWith(LOGS_TARGET)) {
      routes.logs(request, response);
      return;
    }
    answer(routes, request, response).catch((error: unknown) => {
      routes.log(`${request.method} ${request.url} failed`, error);
      response.destroy();
    });
  };
}

async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === "tooLarge") return refuseTooLarge(request, response);
  const event = toProxyEvent(request, body, routes.account);
  const handler: HttpHandler = (each) => invoke(routes, handlerFor(routes, each), each);
  const result = await handler(event);
  if (isStream(result)) await sendStream(response, handler, { event, first: result });
  else writeResult(response, result);
}

function handlerFor(
  { api, connections, events, reference, services }: Routes,
  { rawPath, headers }: APIGatewayProxyEventV2,
): HttpHandler {
  // A bucket may be called anything.
  const service = services?.get(signedService(headers) ?? "");
  if (service) return service;
  if (rawPath.startsWith("/@connections/")) return connections;
  if (/^\/reference(\/|$)/.test(rawPath)) return reference;
  return headers["x-amz-target"]?.startsWith(EVENT_BRIDGE_TARGET) ? events : api;
}

/** As API Gateway: a function that throws is its client's 500, and says no more than that. */
async function invoke(
  routes: Routes,
  handler: HttpHandler,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return await handler(event);
  } catch (error) {
    routes.log(`${event.requestContext.http.method} ${event.rawPath} failed`, error);
    return { statusCode: 500, body: JSON.stringify({ message: "Internal Server Error" }) };
  }
}

const LINGER_MS = 5_000;

/**
 * Throws the rest away and then answers: a connection closed on a client that still writes takes
 * the answer with it. Who writes for too long is answered, and cut off, all the same.
 */
function refuseTooLarge(request: IncomingMessage, response: ServerResponse): void {
  const error = new EcsError("RequestEntityTooLargeException", "The request body is too large.");
  const answer = () => {
    clearTimeout(timer);
    if (response.writableEnded) return;
    response.setHeader("connection", "close");
    writeResult(response, {
      statusCode: HTTP_STATUS[error.code],
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-requestid": randomUUID(),
      },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    });
  };
  const timer = setTimeout(answer, LINGER_MS);
  request.once("end", answer);
  request.on("error", () => clearTimeout(timer));
  request.resume();
}
