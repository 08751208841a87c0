import type { AcsRequest } from "@berth/contracts/agent/messages";
import type { WebSocket } from "ws";
import type { InstanceRecord } from "../state-files.ts";
import type { CommandHandler } from "./command-handler.ts";
import type { Link } from "./connection.ts";
import type { Endpoints } from "./endpoints.ts";
import type { SignUrl } from "./signing.ts";
import { HandshakeRefused, type OpenSocket, openSocket, sendText, socketUrl } from "./socket.ts";
import { AGENT_HASH, AGENT_VERSION } from "./version.ts";

export interface CommandLinkParts {
  readonly instance: InstanceRecord;
  /** Such as `20.10.24`. */
  readonly dockerVersion: string;
  readonly endpoints: Endpoints;
  readonly sign: SignUrl;
  readonly handler: CommandHandler;
  onConnected(): void;
  /** The instance is deregistered: nothing is to be told to anybody. */
  onInactive(): void;
}

const INACTIVE = "InactiveInstanceException";
const INACTIVE_WAIT_MS = 3_600_000;

/** The command socket (ACS): says nothing until it is spoken to. */
export class CommandLink implements Link {
  readonly name = "commands";
  readonly retry = { firstMs: 250, factor: 1.5, maxMs: 120_000 };
  readonly #parts: CommandLinkParts;
  #webSocket: WebSocket | undefined;
  #wantsCredentials = true;

  constructor(parts: CommandLinkParts) {
    this.#parts = parts;
  }

  async open(): Promise<OpenSocket> {
    const { instance, endpoints, dockerVersion, sign } = this.#parts;
    const url = socketUrl((await endpoints.get()).commands, {
      agentHash: AGENT_HASH,
      agentVersion: AGENT_VERSION,
      clusterArn: instance.cluster,
      containerInstanceArn: instance.containerInstanceArn,
      dockerVersion: `DockerVersion: ${dockerVersion}`,
      protocolVersion: "2",
      sendCredentials: String(this.#wantsCredentials),
      seqNum: "1",
    });
    return openSocket(url, sign);
  }

  onOpen(webSocket: WebSocket): void {
    this.#wantsCredentials = false;
    this.#webSocket = webSocket;
    this.#parts.onConnected();
  }

  onMessage(text: string): boolean {
    return this.#parts.handler.handle(text, (request) => this.#send(request));
  }

  onClosed(): void {
    this.#webSocket = undefined;
  }

  waitAfter(error: unknown): number | undefined {
    if (!(error instanceof HandshakeRefused) || error.code !== INACTIVE) return undefined;
    this.#parts.onInactive();
    return INACTIVE_WAIT_MS;
  }

  /** An answer that comes after the line broke is lost: the control plane asks again. */
  #send(request: AcsRequest): void {
    if (this.#webSocket?.readyState === 1) sendText(this.#webSocket, JSON.stringify(request));
  }
}
