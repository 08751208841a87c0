import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ToldEvent } from "@berth/contracts/ecs-event";

/** An event that a target is yet to be sent. Times are epoch ms. */
export interface Delivery {
  /** Later ones have greater ones. */
  readonly number: number;
  readonly ruleName: string;
  readonly targetId: string;
  readonly event: ToldEvent;
  readonly takenAt: number;
  readonly attempts: number;
  /** Not to be tried before. */
  readonly dueAt: number;
}

export type NewDelivery = Omit<Delivery, "number" | "attempts" | "dueAt">;

/** Whom it is for: neither name can have a slash. */
export const addresseeOf = ({ ruleName, targetId }: NewDelivery): string =>
  `${ruleName}/${targetId}`;

/** Of one target: what is more is given up rather than kept without end. */
export const MAX_WAITING = 1_000;

/** A process may have some thousand open. */
const FILES_AT_ONCE = 64;

const FILE = /^(\d{16})\.json$/;
const fileName = (number: number): string => `${String(number).padStart(16, "0")}.json`;

/**
 * What is to be delivered, a file each: an event is in here before its sender hears that the bus has it,
 * and leaves when it was delivered or given up, whatever dies in between.
 */
export class Outbox {
  readonly #directory: string;
  readonly #waiting = new Map<string, Map<number, Delivery>>();
  #last = 0;

  /** @param onUnreadable told of files that are no deliveries, such as those of a full disk */
  constructor(directory: string, onUnreadable: (fileName: string) => void) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory).toSorted()) {
      const delivery = FILE.test(name) ? readDelivery(join(directory, name)) : undefined;
      if (delivery) this.#keep(delivery);
      else {
        rmSync(join(directory, name), { recursive: true, force: true });
        onUnreadable(name);
      }
    }
  }

  get addressees(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** In the order in which they came. */
  waiting(addressee: string): readonly Delivery[] {
    return [...(this.#waiting.get(addressee)?.values() ?? [])];
  }

  /**
   * Resolves when they are written: nobody sees them before, or one could be removed before it is there.
   *
   * @returns those that there is no room for
   */
  async add(given: readonly NewDelivery[]): Promise<readonly NewDelivery[]> {
    const tooMany: NewDelivery[] = [];
    const added: Delivery[] = [];
    for (const each of given) {
      if (this.#hasRoom(addresseeOf(each), added)) added.push(this.#numbered(each));
      else tooMany.push(each);
    }
    await this.#writeAll(added);
    for (const each of added) this.#keep(each);
    return tooMany;
  }

  #hasRoom(addressee: string, added: readonly Delivery[]): boolean {
    const waiting = this.#waiting.get(addressee)?.size ?? 0;
    const more = added.filter((each) => addresseeOf(each) === addressee).length;
    return waiting + more < MAX_WAITING;
  }

  #numbered(delivery: NewDelivery): Delivery {
    this.#last += 1;
    return { ...delivery, number: this.#last, attempts: 0, dueAt: delivery.takenAt };
  }

  async replace(delivery: Delivery): Promise<void> {
    this.#keep(delivery);
    await this.#write(delivery);
  }

  async remove(delivery: Delivery): Promise<void> {
    this.#forget(delivery);
    await this.#removeFile(delivery);
  }

  async #removeFile({ number }: Delivery): Promise<void> {
    await rm(join(this.#directory, fileName(number)), { force: true });
  }

  /** All or none: who is told that it failed sends all of them again. */
  async #writeAll(deliveries: readonly Delivery[]): Promise<void> {
    for (let start = 0; start < deliveries.length; start += FILES_AT_ONCE) {
      const some = deliveries.slice(start, start + FILES_AT_ONCE);
      const outcomes = await Promise.allSettled(some.map(async (each) => this.#write(each)));
      const failure = outcomes.find(({ status }) => status === "rejected");
      if (failure?.status !== "rejected") continue;
      for (const each of deliveries) await this.#removeFile(each);
      throw failure.reason;
    }
  }

  async #write(delivery: Delivery): Promise<void> {
    const path = join(this.#directory, fileName(delivery.number));
    await writeFile(`${path}.new`, JSON.stringify(delivery), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #keep(delivery: Delivery): void {
    const addressee = addresseeOf(delivery);
    const waiting = this.#waiting.get(addressee) ?? new Map<number, Delivery>();
    this.#waiting.set(addressee, waiting.set(delivery.number, delivery));
    this.#last = Math.max(this.#last, delivery.number);
  }

  #forget(delivery: Delivery): void {
    const addressee = addresseeOf(delivery);
    const waiting = this.#waiting.get(addressee);
    waiting?.delete(delivery.number);
    if (waiting?.size === 0) this.#waiting.delete(addressee);
  }
}

function readDelivery(path: string): Delivery | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Delivery;
  } catch {
    return undefined;
  }
}
