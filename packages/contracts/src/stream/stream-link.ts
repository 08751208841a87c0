import { Channel } from "./channel.ts";
import { MAX_CHANNELS, type StreamFrame, type StreamSignal } from "./frames.ts";
import { InOrder } from "./in-order.ts";
import { StreamFault } from "./stream-fault.ts";

/** What is not about a channel. */
export type LinkSignal = Extract<
  StreamSignal,
  { readonly kind: "ready" | "resize" | "ping" | "stop" | "closed" }
>;

export interface StreamLinkParts {
  readonly send: (frame: StreamFrame) => void;
  /** The other end has opened it. */
  readonly onOpen?: (channel: Channel) => void;
  readonly onSignal?: (signal: LinkSignal) => void;
}

/**
 * One end of a stream session, whatever carries its frames: numbers what it sends, hears what comes
 * in the order in which it was sent, and keeps the channels.
 */
export class StreamLink {
  readonly #parts: StreamLinkParts;
  readonly #incoming = new InOrder<StreamFrame>();
  readonly #channels = new Map<number, Channel>();
  #sent = 0;
  #fault: StreamFault | undefined;

  constructor(parts: StreamLinkParts) {
    this.#parts = parts;
  }

  /** @throws StreamFault where the other end may not say this */
  receive(frame: StreamFrame): void {
    for (const each of this.#incoming.accept(frame)) this.#hear(each);
  }

  /** The frame that others wait for, if any do. */
  get missing(): number | undefined {
    return this.#incoming.missing;
  }

  /** @param id one that this end has not used yet */
  open(id: number, container?: string): Channel {
    const channel = this.#newChannel(id, container);
    this.#send({ kind: "open", channel: id, ...(container !== undefined && { container }) });
    return channel;
  }

  say(signal: LinkSignal): void {
    this.#send(signal);
  }

  /** Nothing more comes or goes: all channels are over. */
  fail(reason: string): void {
    this.#fault ??= new StreamFault(reason);
    for (const channel of this.#channels.values()) channel.fail(this.#fault);
    this.#channels.clear();
  }

  #hear(signal: StreamSignal): void {
    if (!("channel" in signal)) return this.#parts.onSignal?.(signal);
    if (signal.kind === "open") return this.#opened(signal);
    // One that this end has reset is not known any more.
    this.#channels.get(signal.channel)?.hear(signal);
  }

  #opened({ channel: id, container }: Extract<StreamSignal, { kind: "open" }>): void {
    if (this.#channels.has(id)) throw new StreamFault(`Channel ${id} is open already.`);
    const isOneTooMany = this.#channels.size >= MAX_CHANNELS;
    const channel = this.#newChannel(id, container);
    if (isOneTooMany) return channel.reset(`More than ${MAX_CHANNELS} at once.`);
    if (!this.#parts.onOpen) return channel.reset("Nothing was to be opened here.");
    this.#parts.onOpen(channel);
  }

  #newChannel(id: number, container: string | undefined): Channel {
    const channel = new Channel({
      id,
      container,
      send: (signal) => this.#send(signal),
      onClosed: () => this.#channels.delete(id),
    });
    if (this.#fault) channel.fail(this.#fault);
    else this.#channels.set(id, channel);
    return channel;
  }

  #send(signal: StreamSignal): void {
    if (this.#fault) return;
    const seq = this.#sent;
    this.#sent += 1;
    this.#parts.send({ seq, ...signal });
  }
}
