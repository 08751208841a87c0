import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shortenLogs } from "./shorten-logs.ts";
import { SupervisedProcess } from "./supervised-process.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-logs-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(directory, name), "utf8");

test("leaves short logs and other files as they are", () => {
  writeFileSync(join(directory, "short.log"), "12345");
  writeFileSync(join(directory, "long.txt"), "1234567890");
  shortenLogs(directory, 5);
  expect(readdirSync(directory).toSorted()).toEqual(["long.txt", "short.log"]);
  expect(read("short.log")).toBe("12345");
});

test("begins a long log anew, with what was before beside it, and forgets what was before that", () => {
  writeFileSync(join(directory, "a.log"), "first", { mode: 0o600 });
  shortenLogs(directory, 4);
  expect([read("a.log"), read("a.log.1")]).toEqual(["", "first"]);
  writeFileSync(join(directory, "a.log"), "second");
  shortenLogs(directory, 4);
  expect([read("a.log"), read("a.log.1")]).toEqual(["", "second"]);
  expect(statSync(join(directory, "a.log.1")).mode & 0o077).toBe(0);
});

test("bounds the log of a process that runs on", async () => {
  const program = join(directory, "program.mjs");
  writeFileSync(
    program,
    'process.send({ kind: "ready" }); let n = 0; setInterval(() => console.log(n++), 1);',
  );
  const it = new SupervisedProcess({
    name: "it",
    program,
    args: [],
    env: {},
    logFile: join(directory, "it.log"),
    onChange: () => undefined,
  });
  await it.start();
  try {
    await vi.waitFor(() => expect(read("it.log").length).toBeGreaterThan(50));
    shortenLogs(directory, 50);
    const [last = ""] = read("it.log.1").trimEnd().split("\n").slice(-1);
    // At the beginning of the file, and not behind a hole.
    await vi.waitFor(() => expect(read("it.log")).toMatch(/^\d+\n/));
    expect(Number.parseInt(read("it.log"))).toBeGreaterThan(Number(last));
  } finally {
    await it.stop();
  }
});
