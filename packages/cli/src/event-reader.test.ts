import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { segmentName } from "@berth/contracts/local/event-log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventReader } from "./event-reader.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-reader-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (segment: number, text: string) =>
  appendFileSync(join(directory, segmentName(segment)), text);
const line = (id: string) => `${JSON.stringify({ id })}\n`;
const idsOf = (reader: EventReader) => reader.read().map(({ id }) => id);

test("reads all files in order, then what was added, on to the next file", () => {
  write(9, line("a"));
  write(10, line("b"));
  const reader = new EventReader(directory);
  expect(idsOf(reader)).toEqual(["a", "b"]);
  expect(idsOf(reader)).toEqual([]);
  write(10, line("c"));
  write(11, line("d"));
  expect(idsOf(reader)).toEqual(["c", "d"]);
});

test("waits for the end of a line, and leaves out what is none", () => {
  write(1, `${line("ä")}{"id":"to\n{"id":`);
  const reader = new EventReader(directory);
  expect(idsOf(reader)).toEqual(["ä"]);
  write(1, `"b"}\n`);
  expect(idsOf(reader)).toEqual(["b"]);
});

test.each([1, 7])(
  "begins anew where Berth has forgotten all and begun its log again, in file %i",
  (segment) => {
    write(segment, line("a") + line("b"));
    const reader = new EventReader(directory);
    expect(idsOf(reader)).toEqual(["a", "b"]);
    rmSync(directory, { recursive: true });
    expect(idsOf(reader)).toEqual([]);
    mkdirSync(directory);
    write(1, line("c"));
    expect(idsOf(reader)).toEqual(["c"]);
  },
);

test("finds nothing where no event was ever sent", () => {
  expect(idsOf(new EventReader(join(directory, "none")))).toEqual([]);
});
