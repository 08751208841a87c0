import { ReceiveCredit, SendCredit } from "./credit.ts";
import { MAX_DATA_BYTES, type StreamSignal } from "./frames.ts";
import { StreamFault } from "./stream-fault.ts";

/** What an end says of a channel that is open. */
export type ChannelSignal = Extract<
  StreamSignal,
  { readonly kind: "data" | "credit" | "end" | "reset" }
>;

export interface ChannelParts {
  readonly id: number;
  /** Whose output it carries, where the other end said so. */
  readonly container?: string | undefined;
  readonly send: (signal: StreamSignal) => void;
  /** Both directions are over. */
  readonly onClosed: () => void;
}

/**
 * Bytes both ways, in order. A reader that stops stops the writer at the other end: no more than a
 * window lies between them. Read it with `for await`.
 */
export class Channel {
  readonly id: number;
  readonly container: string | undefined;
  readonly #parts: ChannelParts;
  readonly #mayBeSent = new SendCredit();
  readonly #received = new ReceiveCredit();
  readonly #unread: Buffer[] = [];
  #isEnded = { here: false, there: false };
  #fault: StreamFault | undefined;
  #bell = Promise.withResolvers<void>();

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.container = parts.container;
  }

  /**
   * Resolves once all of it is on its way. One at a time.
   *
   * @throws StreamFault where the channel is over
   */
  async write(bytes: Uint8Array): Promise<void> {
    let from = 0;
    while (from < bytes.length) {
      if (this.#fault) throw this.#fault;
      if (this.#isEnded.here) throw new StreamFault("The channel was ended.");
      const piece = this.#mayBeSent.take(bytes.length - from, MAX_DATA_BYTES);
      if (piece === 0) await this.#bell.promise;
      else this.#sendData(bytes.subarray(from, from + piece));
      from += piece;
    }
  }

  /** Nothing more will be written. */
  end(): void {
    if (this.#fault || this.#isEnded.here) return;
    this.#isEnded.here = true;
    this.#parts.send({ kind: "end", channel: this.id });
    this.#closeIfOver();
  }

  /** Ends both directions: what was not read is lost. */
  reset(reason: string): void {
    if (this.#fault || this.#isOver) return;
    this.#parts.send({ kind: "reset", channel: this.id, reason: reason.slice(0, 1_024) });
    this.fail(new StreamFault(reason));
    this.#parts.onClosed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.#unread.shift();
      if (next) {
        yield next;
        this.#giveBack(next.length);
      } else if (this.#isEnded.there) {
        // Whatever became of the channel after that: it was read to its end.
        return;
      } else if (this.#fault) {
        throw this.#fault;
      } else {
        await this.#bell.promise;
      }
    }
  }

  /** What the other end says of this channel, in its turn. */
  hear(signal: ChannelSignal): void {
    switch (signal.kind) {
      case "data":
        return this.#hearData(Buffer.from(signal.data, "base64"));
      case "credit":
        this.#mayBeSent.add(signal.amount);
        break;
      case "end":
        this.#isEnded.there = true;
        this.#closeIfOver();
        break;
      case "reset":
        this.fail(new StreamFault(signal.reason));
        this.#parts.onClosed();
    }
    this.#ring();
  }

  /** Whoever reads or writes hears of it. */
  fail(fault: StreamFault): void {
    this.#fault ??= fault;
    this.#ring();
  }

  get #isOver(): boolean {
    return this.#isEnded.here && this.#isEnded.there;
  }

  #hearData(data: Buffer): void {
    // What was on its way when the channel was reset.
    if (this.#fault) return;
    if (this.#isEnded.there) throw new StreamFault("Data came after the end of its channel.");
    this.#received.receive(data.length);
    this.#unread.push(data);
    this.#ring();
  }

  #sendData(bytes: Uint8Array): void {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
    this.#parts.send({ kind: "data", channel: this.id, data });
  }

  #giveBack(bytes: number): void {
    const amount = this.#received.read(bytes);
    if (amount === 0 || this.#fault || this.#isEnded.there) return;
    this.#parts.send({ kind: "credit", channel: this.id, amount });
  }

  #closeIfOver(): void {
    if (this.#isOver) this.#parts.onClosed();
  }

  #ring(): void {
    this.#bell.resolve();
    this.#bell = Promise.withResolvers();
  }
}
