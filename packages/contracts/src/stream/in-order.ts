import { StreamFault } from "./stream-fault.ts";

/** Numbered from 0, without gaps, by who sent it. */
export interface Numbered {
  readonly seq: number;
  /** Base64, where it carries any. */
  readonly data?: string | undefined;
}

/** Windows bound what may be on its way; these are for who does not keep to them. */
const MAX_EARLY = 8_192;
const MAX_EARLY_CHARACTERS = 64 * 1024 * 1024;

/** Puts frames into the order in which they were sent, each of them once. */
export class InOrder<Frame extends Numbered> {
  #next = 0;
  #earlyCharacters = 0;
  readonly #early = new Map<number, Frame>();

  /**
   * The frames whose turn it is now that this one is here.
   *
   * @throws StreamFault where too many are waiting for one that does not come
   */
  accept(frame: Frame): readonly Frame[] {
    if (frame.seq < this.#next || this.#early.has(frame.seq)) return [];
    this.#keep(frame);
    const ready: Frame[] = [];
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) return ready;
      this.#early.delete(this.#next);
      this.#earlyCharacters -= next.data?.length ?? 0;
      this.#next += 1;
      ready.push(next);
    }
  }

  /** The one that others wait for, if any do. */
  get missing(): number | undefined {
    return this.#early.size > 0 ? this.#next : undefined;
  }

  #keep(frame: Frame): void {
    this.#early.set(frame.seq, frame);
    this.#earlyCharacters += frame.data?.length ?? 0;
    if (this.#early.size > MAX_EARLY || this.#earlyCharacters > MAX_EARLY_CHARACTERS) {
      throw new StreamFault(`Too much came before frame ${this.#next}.`);
    }
  }
}
