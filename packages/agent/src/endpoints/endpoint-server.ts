import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { type EndpointAnswer, type EndpointRequest, text } from "./answer.ts";

/** By which one agent knows another's answer. */
export const SERVER_NAME = "berth-agent";

const MAX_BODY_BYTES = 16 * 1024;
/** Nobody here takes longer; a slow sender holds nothing up. */
const REQUEST_TIMEOUT_MS = 5_000;

export type AnswerClient = (request: EndpointRequest, client: string) => Promise<EndpointAnswer>;

/** HTTP around answers. Its answers are never kept by anybody on the way. */
export function createEndpointServer(answer: AnswerClient): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    respond(answer, request, response).catch(() => response.destroy());
  });
  return server;
}

async function respond(
  answer: AnswerClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, contentType, body } = await answerTo(answer, request);
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    server: SERVER_NAME,
  });
  response.end(body);
}

async function answerTo(answer: AnswerClient, request: IncomingMessage): Promise<EndpointAnswer> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
    return text(413, "Request Entity Too Large");
  }
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://agent");
  const body = await readBounded(request);
  const client = request.socket.remoteAddress ?? "";
  return answer(
    { method: request.method ?? "GET", path: pathname, query: searchParams, body },
    client,
  );
}

/** A body without a stated length is read to the same limit. */
async function readBounded(request: IncomingMessage): Promise<string> {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) request.destroy(new Error("the body is too long"));
  });
  return readText(request);
}
