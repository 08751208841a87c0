import { closeSync, existsSync, openSync, readdirSync, readSync, fstatSync } from "node:fs";
import { join } from "node:path";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { segmentName, segmentNumbers } from "@berth/contracts/local/event-log";

/** Reads the event log of one machine, and afterwards what was added to it. */
export class EventReader {
  readonly #directory: string;
  #segment = 0;
  #offset = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What was written since the last time, oldest first. */
  read(): readonly ToldEvent[] {
    if (!existsSync(this.#directory)) return this.#beginAnew();
    const numbers = segmentNumbers(readdirSync(this.#directory));
    return numbers
      .filter((number) => number >= this.#segment)
      .flatMap((number) => this.#readSegment(number));
  }

  /** What is written after `berth down --purge` is another log, with the same numbers. */
  #beginAnew(): readonly ToldEvent[] {
    this.#segment = 0;
    this.#offset = 0;
    return [];
  }

  #readSegment(number: number): readonly ToldEvent[] {
    if (number !== this.#segment) this.#offset = 0;
    this.#segment = number;
    const added = readFrom(join(this.#directory, segmentName(number)), this.#offset);
    // A line that is still being written is read the next time.
    const whole = added.subarray(0, added.lastIndexOf("\n") + 1);
    this.#offset += whole.length;
    return whole.toString("utf8").split("\n").flatMap(parseLine);
  }
}

function readFrom(path: string, offset: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset));
  } finally {
    closeSync(file);
  }
}

function parseLine(line: string): readonly ToldEvent[] {
  try {
    return [JSON.parse(line) as ToldEvent];
  } catch {
    return [];
  }
}
