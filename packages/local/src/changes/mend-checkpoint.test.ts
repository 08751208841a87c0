import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "@berth/functions/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Checkpoint, createCheckpoint } from "./checkpoint.ts";
import { mendCheckpoint } from "./mend-checkpoint.ts";

let directory: string;
let checkpoint: Checkpoint;
let errors: unknown[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-checkpoint-"));
  checkpoint = createCheckpoint(join(directory, "checkpoint"));
  errors = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function mend(end: string): Promise<string | undefined> {
  const ignore = () => undefined;
  const log: Log = { info: ignore, warn: ignore, error: (...told) => errors.push(told) };
  await mendCheckpoint({ checkpoint, stream: { end: async () => end }, log });
  return checkpoint.load();
}

test("a checkpoint ahead of the log goes back to the log's end, with a line in the log", async () => {
  checkpoint.save("100");
  expect(await mend("80")).toBe("80");
  expect(errors).toEqual([
    [
      "The database has lost changes that were told: what they said may not be so",
      { end: "80", told: "100" },
    ],
  ]);
});

test("a log that is lost as a whole is told from its beginning", async () => {
  checkpoint.save("3");
  expect(await mend("0")).toBe("0");
});

test.each(["100", "9"])("a checkpoint at %s stays where the log has reached it", async (told) => {
  checkpoint.save(told);
  expect(await mend("100")).toBe(told);
  expect(errors).toEqual([]);
});

test("where nothing was ever told there is nothing to mend", async () => {
  expect(await mend("5")).toBeUndefined();
  expect(errors).toEqual([]);
});
