import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "./listener.ts";

const EVENT_STREAM = "text/event-stream";

/** Whether the answer is worth going on with, where API Gateway would end it. */
export const isStream = ({ statusCode, headers }: APIGatewayProxyStructuredResultV2): boolean =>
  statusCode === 200 && headers?.["content-type"] === EVENT_STREAM;

/**
 * Sends a stream of server-sent events on one connection. The handler answers with a piece of it and
 * waits for the next one itself; it is asked again, as its reader would ask behind API Gateway, until
 * the reader goes or is refused: whose key was revoked hears no more.
 */
export async function sendStream(
  response: ServerResponse,
  handler: HttpHandler,
  asked: {
    readonly event: APIGatewayProxyEventV2;
    readonly first: APIGatewayProxyStructuredResultV2;
  },
): Promise<void> {
  for (const [name, value] of Object.entries(asked.first.headers ?? {})) {
    response.setHeader(name, String(value));
  }
  let piece = asked.first;
  while (isStream(piece) && !response.destroyed) {
    const body = piece.body ?? "";
    response.write(body);
    // A handler that has everything at hand must not keep the loop from hearing that the reader went.
    await nextTurn();
    const headers = { ...asked.event.headers, "last-event-id": lastId(body) };
    piece = await handler({ ...asked.event, headers });
  }
  response.end();
}

function lastId(piece: string): string {
  const ids = Array.from(piece.matchAll(/^id: (.*)$/gm), ([, id = ""]) => id);
  return ids.at(-1) ?? "";
}
