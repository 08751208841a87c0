import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { segmentName } from "@berth/contracts/local/event-log";
import { afterEach, beforeEach, expect, test } from "vitest";

const BERTH = fileURLToPath(new URL("../../bin/berth.js", import.meta.url));

let dataDir: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "berth-events-"));
  mkdirSync(join(dataDir, "events"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

function happens(id: string, detailType: string): void {
  const event = { id, "detail-type": detailType, source: "berth.ecs", resources: [], detail: {} };
  appendFileSync(join(dataDir, "events", segmentName(1)), `${JSON.stringify(event)}\n`);
}

test("--follow goes on with what comes of a kind, and ends with its reader", async () => {
  for (const id of ["1", "2"]) happens(id, "ECS Service Action");
  happens("3", "ECS Task State Change");
  const args = ["events", "--data-dir", dataDir, "--follow", "--json", "--lines", "1"];
  child = spawn(process.execPath, [BERTH, ...args, "--type", "service", "deployment"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  if (!child.stdout) throw new Error("berth events has no output");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextId = async () =>
    (JSON.parse((await lines.next()).value ?? "") as { readonly id: string }).id;
  expect(await nextId()).toBe("2");
  happens("4", "ECS Task State Change");
  happens("5", "ECS Deployment State Change");
  expect(await nextId()).toBe("5");

  child.stdout.destroy();
  happens("6", "ECS Service Action");
  expect(await ended).toEqual([0, null]);
});
