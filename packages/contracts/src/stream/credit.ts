import { StreamFault } from "./stream-fault.ts";

/** How much may be on its way, or lie unread, in one direction of a channel. */
export const WINDOW = 512 * 1024;
/** What a frame costs besides its data, so that the window bounds the number of small ones too. */
const FRAME_COST = 512;
/** Given back in pieces of this size: a frame of credit for every frame of data would double them. */
const GIVE_BACK_AT = WINDOW / 4;
/** Sooner than in crumbs, the rest waits for more credit. */
const LEAST_PIECE = 8 * 1024;

const costOf = (bytes: number): number => bytes + FRAME_COST;

/** What one end may still send. */
export class SendCredit {
  #left = WINDOW;

  add(amount: number): void {
    this.#left = Math.min(WINDOW, this.#left + amount);
  }

  /** How much of so many bytes may be sent as one frame now: 0 where it has to wait. The credit is spent. */
  take(bytes: number, most: number): number {
    const piece = Math.min(bytes, most, this.#left - FRAME_COST);
    if (piece < Math.min(bytes, LEAST_PIECE)) return 0;
    this.#left -= costOf(piece);
    return piece;
  }
}

/** What one end has received, and read of that. */
export class ReceiveCredit {
  #outstanding = 0;
  #read = 0;

  /** @throws StreamFault where the other end sends more than it may */
  receive(bytes: number): void {
    this.#outstanding += costOf(bytes);
    if (this.#outstanding > WINDOW) throw new StreamFault("More was sent than may be.");
  }

  /** What is to be given back now that this was read: 0 where that can wait. */
  read(bytes: number): number {
    this.#read += costOf(bytes);
    if (this.#read < GIVE_BACK_AT) return 0;
    const amount = this.#read;
    this.#outstanding -= amount;
    this.#read = 0;
    return amount;
  }
}
