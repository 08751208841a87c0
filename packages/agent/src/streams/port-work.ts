import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Channel } from "@berth/contracts/stream/channel";
import type { StreamLink } from "@berth/contracts/stream/stream-link";
import type { PortStream } from "@berth/domain/stream-session";
import type { ContainerStreams } from "./container-streams.ts";
import { paced } from "./paced.ts";
import {
  feed,
  type FindContainer,
  runningId,
  type StreamCounts,
  type StreamResult,
  type StreamWork,
} from "./stream-work.ts";

export interface PortParts {
  readonly request: PortStream;
  readonly find: FindContainer;
  readonly engine: ContainerStreams;
}

const LOOK_MS = 1_000;

/** Connections to a port of a container: each channel that the client opens is one. */
export class PortWork implements StreamWork {
  readonly #parts: PortParts;
  #address: string | undefined;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(parts: PortParts) {
    this.#parts = parts;
  }

  get counts(): StreamCounts {
    return { bytesIn: this.#bytesIn, bytesOut: this.#bytesOut };
  }

  onOpen(channel: Channel): void {
    const { port } = this.#parts.request;
    // Without an address, Node would connect to this very machine.
    if (this.#address === undefined) return channel.reset("The session is not ready.");
    const socket = connect({ host: this.#address, port, allowHalfOpen: true });
    socket.on("error", (error) => channel.reset(error.message));
    // What goes wrong on either side ends both.
    void Promise.all([
      feed(channel, socket, (count) => (this.#bytesIn += count)),
      this.#drain(socket, channel),
    ])
      .catch((error: Error) => channel.reset(error.message))
      .finally(() => socket.destroy());
  }

  async run(link: StreamLink, unwanted: AbortSignal): Promise<StreamResult> {
    const { request, find, engine } = this.#parts;
    const { container: name } = request;
    const address = await engine.address(runningId(find(name), name));
    if (address === undefined) {
      throw new Error(`Container ${name} has no network address that its agent could reach.`);
    }
    this.#address = address;
    link.say({ kind: "ready" });
    while (!unwanted.aborted && find(name)?.phase === "RUNNING") {
      await delay(LOOK_MS, undefined, { signal: unwanted }).catch(() => undefined);
    }
    return unwanted.aborted ? {} : { reason: `Container ${name} does not run any more.` };
  }

  async #drain(socket: Socket, channel: Channel): Promise<void> {
    for await (const piece of paced(socket)) {
      this.#bytesOut += piece.length;
      await channel.write(piece);
    }
    channel.end();
  }
}
