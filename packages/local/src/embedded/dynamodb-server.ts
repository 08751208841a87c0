import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import dynalite from "dynalite";
import { listenOnSocket } from "./listen-on-socket.ts";

/**
 * dynalite on disk, behind a listener of our own that hands it whole requests only: dynalite throws,
 * and so ends its process, when a client goes away in the middle of a body.
 */
export async function startDynamoDB(dataPath: string, socketPath: string): Promise<Server> {
  const store = dynalite({ path: dataPath, createTableMs: 0 });
  const [handle] = store.listeners("request") as RequestListener[];
  if (!handle) throw new Error("dynalite has no request listener.");

  const server = createServer((request, response) => {
    buffer(request).then(
      (body) => handle(wholeRequest(request, body), response),
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  server.once("close", () => store.close());
  await listenOnSocket(server, socketPath);
  return server;
}

/** The request again, with its body at hand. dynalite reads method, url, headers and the stream. */
function wholeRequest(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { method, url, headers } = request;
  const stream = Readable.from([body], { objectMode: false });
  return Object.assign(stream, { method, url, headers }) as unknown as IncomingMessage;
}
