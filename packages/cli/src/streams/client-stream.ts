import { setTimeout as delay } from "node:timers/promises";
import type { Channel } from "@berth/contracts/stream/channel";
import type { StreamHello } from "@berth/contracts/stream/frames";
import { StreamLine } from "@berth/contracts/stream/stream-line";
import type { LinkSignal, StreamLink } from "@berth/contracts/stream/stream-link";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import type { WebSocket } from "ws";
import { dial } from "./dial.ts";

/** How the agent says that a session went. */
export type Closed = Extract<LinkSignal, { readonly kind: "closed" }>;

export interface StreamListeners {
  /** The agent has opened it. */
  readonly onOpen?: (channel: Channel) => void;
}

/** The agent has dialled and asked its engine, for which it has deadlines of its own, or will not. */
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 3_000;
const HELLO: StreamHello = { type: "StreamHello", message: {} };

/** The client's end of a stream session. */
export class ClientStream {
  readonly #line: StreamLine;
  readonly #ready = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<Closed>();

  private constructor(webSocket: WebSocket, listeners: StreamListeners) {
    this.#line = new StreamLine({
      socket: { send: (text) => webSocket.send(text), close: () => webSocket.close() },
      ...listeners,
      onSignal: (signal) => this.#heard(signal),
      onOver: (reason) => this.#over(new Error(reason)),
    });
    webSocket.on("message", (data) => this.#line.hear((data as Buffer).toString("utf8")));
    webSocket.on("close", () => this.#line.end("The connection ended."));
    // Whoever waits for neither is told otherwise.
    this.#ready.promise.catch(() => undefined);
    this.#closed.promise.catch(() => undefined);
    webSocket.send(JSON.stringify(HELLO));
  }

  /**
   * Dials, and waits until the agent has what was asked for.
   *
   * @throws Error that says why there is no session
   */
  static async open(ticket: StreamTicket, listeners: StreamListeners = {}): Promise<ClientStream> {
    const stream = new ClientStream(await dial(ticket), listeners);
    const tooLate = setTimeout(() => stream.end("The agent does not answer."), READY_WITHIN_MS);
    await stream.#ready.promise.finally(() => clearTimeout(tooLate));
    return stream;
  }

  get link(): StreamLink {
    return this.#line.link;
  }

  /**
   * Resolves once the agent is done, and everything that it sent was heard.
   *
   * @throws Error that says what ended the session before that
   */
  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  /** Has the agent end what it does, and waits for its account of that, but not for long. */
  async stop(): Promise<void> {
    this.link.say({ kind: "stop" });
    const given = delay(STOP_WITHIN_MS, undefined, { ref: false });
    await Promise.race([this.#closed.promise.catch(() => undefined), given]);
    this.end();
  }

  end(reason = "The session is over."): void {
    this.#line.end(reason);
  }

  #heard(signal: LinkSignal): void {
    if (signal.kind === "ready") this.#ready.resolve();
    if (signal.kind !== "closed") return;
    this.#ready.reject(new Error(signal.reason ?? "The session is over."));
    this.#closed.resolve(signal);
  }

  #over(error: Error): void {
    this.#ready.reject(error);
    this.#closed.reject(error);
  }
}
