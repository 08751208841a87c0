import type { TcsRequest } from "@berth/contracts/agent/messages";
import type { WebSocket } from "ws";
import type { Log } from "../log.ts";
import type { ManagedTask } from "../state.ts";
import type { Link } from "./connection.ts";
import type { Endpoints } from "./endpoints.ts";
import type { SignUrl } from "./signing.ts";
import { type OpenSocket, openSocket, socketUrl } from "./socket.ts";
import {
  healthRequests,
  metricsRequests,
  type TakeUsage,
  type TelemetrySource,
} from "./telemetry.ts";
import { AGENT_HASH, AGENT_VERSION } from "./version.ts";

export interface TelemetryLinkParts {
  readonly source: TelemetrySource;
  readonly dockerVersion: string;
  readonly endpoints: Endpoints;
  readonly sign: SignUrl;
  readonly log: Log;
  readonly tasks: () => readonly ManagedTask[];
  readonly takeUsage: TakeUsage;
  readonly publishEveryMs: number;
}

const SIGNS_OF_LIFE = [
  "HeartbeatMessage",
  "AckPublishMetric",
  "AckPublishHealth",
  "AckPublishInstanceStatus",
];

/** The telemetry socket (TCS): publishes at once, and then again and again. */
export class TelemetryLink implements Link {
  readonly name = "telemetry";
  readonly retry = { firstMs: 1_000, factor: 2, maxMs: 60_000 };
  readonly #parts: TelemetryLinkParts;
  #webSocket: WebSocket | undefined;
  #url: URL | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Frames leave in order, although each waits for its signature. */
  #sending: Promise<void> = Promise.resolve();

  constructor(parts: TelemetryLinkParts) {
    this.#parts = parts;
  }

  async open(): Promise<OpenSocket> {
    const { source, endpoints, dockerVersion, sign } = this.#parts;
    this.#url = socketUrl((await endpoints.get()).telemetry, {
      agentHash: AGENT_HASH,
      agentVersion: AGENT_VERSION,
      cluster: source.cluster,
      containerInstance: source.containerInstanceArn,
      dockerVersion,
    });
    return openSocket(this.#url, sign);
  }

  onOpen(webSocket: WebSocket): void {
    this.#webSocket = webSocket;
    this.#publish();
    this.#timer = setInterval(() => this.#publish(), this.#parts.publishEveryMs);
  }

  onMessage(text: string): boolean {
    return SIGNS_OF_LIFE.some((type) => text.includes(`"${type}"`));
  }

  onClosed(): void {
    clearInterval(this.#timer);
    this.#webSocket = undefined;
  }

  /** Tells health now; it is said again at the next round in any case. */
  publishHealth(): void {
    this.#send(healthRequests(this.#parts.source, this.#parts.tasks(), Date.now()));
  }

  #publish(): void {
    const { source, tasks, takeUsage } = this.#parts;
    this.#send(metricsRequests(source, tasks(), takeUsage, Date.now()));
    this.publishHealth();
  }

  #send(requests: readonly TcsRequest[]): void {
    if (requests.length === 0 || !this.#webSocket) return;
    this.#sending = this.#sending
      .then(() => this.#sendSigned(requests))
      .catch((error: unknown) => this.#parts.log.warn("telemetry-not-sent", { error }));
  }

  async #sendSigned(requests: readonly TcsRequest[]): Promise<void> {
    for (const request of requests) {
      if (!this.#url) return;
      const headers = headerBlock(await this.#parts.sign(this.#url));
      if (this.#webSocket?.readyState !== 1) return;
      this.#webSocket.send(`${headers}\r\n${JSON.stringify(request)}`);
    }
  }
}

/** Frames carry the signature of the socket's own URL before their JSON, as HTTP headers. */
function headerBlock(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${headerName(name)}: ${value}\r\n`)
    .join("");
}

const headerName = (name: string): string =>
  name.replaceAll(/(^|-)([a-z])/g, (part) => part.toUpperCase());
