import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { payloadDemand } from "./demand.ts";
import { lineLog } from "./log.ts";
import { newTask } from "./state.ts";
import { StateFiles } from "./state-files.ts";
import { TerminalError } from "./terminal-error.ts";

let directory: string;
const lines: string[] = [];
const log = lineLog("debug", (line) => lines.push(line));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-state-"));
  lines.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const aManagedTask = (number: number) => {
  const payload = aPayloadTask({ arn: payloadTaskArn(number) });
  return newTask(payload, payloadDemand(payload));
};

const open = async (): Promise<StateFiles> => {
  const files = new StateFiles(directory, log);
  await files.readTasks();
  return files;
};

test("gives back what was saved, in order of arrival", async () => {
  const files = await open();
  await Promise.all([files.saveTask(aManagedTask(1), 20), files.saveTask(aManagedTask(2), 10)]);
  await files.saveInstance({ cluster: "c", containerInstanceArn: "i", timeline: 3 });
  const again = new StateFiles(directory, log);
  expect(await again.readTasks()).toEqual([
    { order: 10, task: aManagedTask(2) },
    { order: 20, task: aManagedTask(1) },
  ]);
  expect(await again.readInstance()).toEqual({
    cluster: "c",
    containerInstanceArn: "i",
    timeline: 3,
  });
});

test("keeps the last of many writes that follow each other closely", async () => {
  const files = await open();
  const task = aManagedTask(1);
  for (const desiredStatus of ["RUNNING", "RUNNING", "STOPPED"] as const) {
    void files.saveTask({ ...task, desiredStatus }, 1);
  }
  await files.close();
  expect(await files.readTasks()).toMatchObject([{ task: { desiredStatus: "STOPPED" } }]);
});

test("forgets a task even while it is being saved", async () => {
  const files = await open();
  void files.saveTask(aManagedTask(1), 1);
  await files.removeTask(payloadTaskArn(1));
  expect(readdirSync(join(directory, "tasks"))).toEqual([]);
});

test("passes over a file that a crash left torn, and says so", async () => {
  const files = await open();
  await files.saveTask(aManagedTask(1), 1);
  writeFileSync(join(directory, "tasks", "torn.json"), '{"order":1,');
  expect(await files.readTasks()).toEqual([{ order: 1, task: aManagedTask(1) }]);
  expect(lines.join()).toContain("state-unreadable");
});

test("works without a directory, and then knows nothing", async () => {
  const files = new StateFiles(undefined, log);
  await files.saveTask(aManagedTask(1), 1);
  await files.removeTask(payloadTaskArn(1));
  expect(await files.readTasks()).toEqual([]);
  expect(await files.readInstance()).toBeUndefined();
});

test("leaves alone what a later version wrote, and what came before there were versions it reads", async () => {
  const files = await open();
  const record = { cluster: "c", containerInstanceArn: "i", timeline: 3 };
  const path = join(directory, "instance.json");
  writeFileSync(path, JSON.stringify(record));
  expect(await files.readInstance()).toEqual(record);
  const later = JSON.stringify({ format: 2, identity: "i" });
  writeFileSync(path, later);
  await expect(files.readInstance()).rejects.toThrow(TerminalError);
  await expect(files.readInstance()).rejects.toThrow("is of format 2");
  expect(readFileSync(path, "utf8")).toBe(later);
});

test("has what the disk did not take on it once it does, and says so", async () => {
  // No directory can be made where a file is.
  writeFileSync(join(directory, "tasks"), "");
  const files = new StateFiles(directory, log);
  let isSaved = false;
  const saving = files.saveTask(aManagedTask(1), 1).then(() => (isSaved = true));
  await expect.poll(() => lines.join()).toContain("state-not-saved");
  expect(isSaved).toBe(false);
  void files.saveTask({ ...aManagedTask(1), desiredStatus: "STOPPED" }, 1);
  rmSync(join(directory, "tasks"));
  mkdirSync(join(directory, "tasks"));
  await saving;
  expect(await files.readTasks()).toMatchObject([{ task: { desiredStatus: "STOPPED" } }]);
  expect(lines.join()).toContain("state-saved-after-all");
});

test("does not wait at its end for a disk that is full", async () => {
  writeFileSync(join(directory, "tasks"), "");
  const files = new StateFiles(directory, log);
  const saving = files.saveTask(aManagedTask(1), 1);
  await files.close();
  await saving;
  expect(lines.join()).toContain("state-not-saved");
});
