import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventLog } from "./event-log.ts";

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "berth-events-")), "events");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

const anEvent = (id: string): ToldEvent => ({
  version: "0",
  id,
  "detail-type": "Something",
  source: "my.app",
  account: "000000000000",
  time: "2026-01-02T03:04:05Z",
  region: "us-east-1",
  resources: [],
  detail: {},
});

const LINE_BYTES = JSON.stringify(anEvent("00")).length + 1;
const files = () => readdirSync(directory).toSorted();
const lines = () =>
  files().flatMap((name) => readFileSync(join(directory, name), "utf8").trim().split("\n"));
const ids = () => lines().map((line) => (JSON.parse(line) as ToldEvent).id);
const id = (number: number) => String(number).padStart(2, "0");

test("keeps events in their order, also those that come at once, and goes on after a restart", async () => {
  const first = new EventLog(directory);
  await Promise.all([1, 2, 3].map(async (number) => first.append([anEvent(id(number))])));
  await first.close();
  const second = new EventLog(directory);
  await second.append([anEvent("04"), anEvent("05")]);
  await second.close();
  expect(ids()).toEqual(["01", "02", "03", "04", "05"]);
});

test("forgets the oldest by whole files", async () => {
  const log = new EventLog(directory, { segmentBytes: 2 * LINE_BYTES, segments: 3 });
  for (let number = 1; number <= 11; number += 1) await log.append([anEvent(id(number))]);
  await log.close();
  expect(files()).toEqual(["00000004.jsonl", "00000005.jsonl", "00000006.jsonl"]);
  expect(ids()).toEqual(["07", "08", "09", "10", "11"]);
});

test("begins a new line after a write that died", async () => {
  const first = new EventLog(directory);
  await first.append([anEvent("01")]);
  await first.close();
  appendFileSync(join(directory, "00000001.jsonl"), `{"version":"0","id":"to`);
  const second = new EventLog(directory);
  await second.append([anEvent("02")]);
  await second.close();
  expect(lines()).toEqual([
    JSON.stringify(anEvent("01")),
    `{"version":"0","id":"to`,
    JSON.stringify(anEvent("02")),
  ]);
});

/** Fills its file up to 1 KiB, which is all that the kernel lets it, and goes on when it may. */
const ON_A_FULL_DISK = `
  const { spawnSync } = await import("node:child_process");
  const { EventLog } = await import(process.argv[1]);
  const log = new EventLog(process.argv[2]);
  const append = (id, text) => log.append([{ id, text }]).then(() => id, ({ code }) => code);
  const outcomes = [await append("01", ""), await append("02", "x".repeat(2_000))];
  spawnSync("prlimit", ["--fsize=unlimited:", "--pid", String(process.pid)]);
  console.log([...outcomes, await append("03", "")].join());
  await log.close();
`;

test("begins a new line after a write that a full disk cut off", () => {
  const path = import.meta.resolve("./event-log.ts");
  const script = `ulimit -S -f 1; exec "$0" --input-type=module --eval "$1" "$2" "$3"`;
  const args = ["-c", script, process.execPath, ON_A_FULL_DISK, path, directory];
  expect(execFileSync("bash", args, { encoding: "utf8" })).toBe("01,EFBIG,03\n");
  const [first = "", cut = "", last = "", ...more] = lines();
  expect([first, last].map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: "01" },
    { id: "03" },
  ]);
  expect(cut).toMatch(/^\{"id":"02","text":"x+$/);
  expect(more).toEqual([]);
});
