import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { WebSocket, WebSocketServer } from "ws";
import { splitUrl } from "../http/proxy-event.ts";
import {
  type Connection,
  connectEvent,
  disconnectEvent,
  messageEvent,
  newConnection,
  STAGE,
  type WebsocketEvent,
} from "./events.ts";

export interface SocketApiOptions {
  readonly handler: (event: WebsocketEvent) => Promise<APIGatewayProxyStructuredResultV2>;
  readonly now: () => number;
  readonly log: (message: string, error: unknown) => void;
}

interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** API Gateway's limit for one message. */
const MAX_MESSAGE_BYTES = 128 * 1024;
const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;
const GOING_AWAY = 1001;

/**
 * An API Gateway WebSocket API on `/ws`: asks the handler before it accepts (`$connect`), hands it
 * each text message (`$default`), one at a time per connection, and tells it of the end
 * (`$disconnect`).
 */
export class SocketApi {
  readonly #options: SocketApiOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  /** From before `$connect`, so that a push may come while the handshake is still going on. */
  readonly #connections = new Map<string, Promise<WebSocket | undefined>>();
  #closed = false;

  constructor(options: SocketApiOptions) {
    this.#options = options;
  }

  /** What to do on `upgrade` of a Node HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const { rawPath } = splitUrl(request.url ?? "/");
    if (rawPath !== `/${STAGE}`) return refuse(socket, { statusCode: 404 });
    const connection = newConnection(request, this.#options.now());
    const opened = this.#open(connection, { request, socket, head });
    this.#connections.set(connection.connectionId, opened);
    void opened.then((webSocket) => {
      if (!webSocket) this.#connections.delete(connection.connectionId);
    });
  }

  /** Sends one text message; `gone` where there is no such connection, or not any more. */
  async push(connectionId: string, text: string): Promise<"sent" | "gone"> {
    const webSocket = await this.#connections.get(connectionId);
    if (webSocket?.readyState !== WebSocket.OPEN) return "gone";
    return new Promise((resolve) => {
      webSocket.send(text, (error) => resolve(error ? "gone" : "sent"));
    });
  }

  /** Ends one connection, as API Gateway does at the wish of who has its id. */
  async disconnect(connectionId: string): Promise<"closed" | "gone"> {
    const webSocket = await this.#connections.get(connectionId);
    if (webSocket?.readyState !== WebSocket.OPEN) return "gone";
    webSocket.close(NORMAL_CLOSURE);
    return "closed";
  }

  /**
   * Ends every connection without telling the handler, as a crash would: were the agents recorded as
   * gone when their control plane stops, they would be long lost when it starts again.
   */
  close(): void {
    this.#closed = true;
    for (const webSocket of this.#server.clients) webSocket.close(GOING_AWAY);
  }

  async #open(connection: Connection, handshake: Handshake): Promise<WebSocket | undefined> {
    const { request, socket } = handshake;
    const answer = await this.#invoke(connectEvent(connection, request, this.#options.now()));
    if ((answer.statusCode ?? 200) !== 200) {
      refuse(socket, answer);
      return undefined;
    }
    const webSocket = await this.#accept(connection, handshake);
    if (!webSocket) await this.#invoke(disconnectEvent(connection, this.#options.now()));
    return webSocket;
  }

  /** Undefined where the client went away meanwhile, or its handshake was none. */
  #accept(
    connection: Connection,
    { request, socket, head }: Handshake,
  ): Promise<WebSocket | undefined> {
    return new Promise((resolve) => {
      if (socket.destroyed) return resolve(undefined);
      socket.once("close", () => resolve(undefined));
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        this.#serve(connection, webSocket);
        resolve(webSocket);
      });
    });
  }

  #serve(connection: Connection, webSocket: WebSocket): void {
    const { now, log } = this.#options;
    let previous: Promise<unknown> = Promise.resolve();
    webSocket.on("error", (error) => log("A WebSocket failed", error));
    webSocket.on("message", (data, isBinary) => {
      if (isBinary) return webSocket.close(UNSUPPORTED_DATA);
      const text = (data as Buffer).toString("utf8");
      previous = previous.then(async () => this.#invoke(messageEvent(connection, text, now())));
    });
    webSocket.once("close", () => {
      this.#connections.delete(connection.connectionId);
      if (this.#closed) return;
      previous = previous.then(async () => this.#invoke(disconnectEvent(connection, now())));
    });
  }

  /** As API Gateway: a function that throws refuses the handshake, and nothing else. */
  async #invoke(event: WebsocketEvent): Promise<APIGatewayProxyStructuredResultV2> {
    try {
      return await this.#options.handler(event);
    } catch (error) {
      this.#options.log(`${event.requestContext.routeKey} failed`, error);
      return { statusCode: 502, body: JSON.stringify({ message: "Internal server error" }) };
    }
  }
}

/** Answers a handshake with a plain HTTP response. */
function refuse(socket: Duplex, answer: APIGatewayProxyStructuredResultV2): void {
  const status = answer.statusCode ?? 500;
  const body = answer.body ?? "";
  const headers = {
    ...answer.headers,
    connection: "close",
    "content-length": Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}
