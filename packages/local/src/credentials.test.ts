import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newAccessKey, rootCredentials } from "./credentials.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-credentials-"));
  path = join(directory, "credentials.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("rootCredentials", () => {
  test("makes a key at the first start, for its owner's eyes only", () => {
    const made = rootCredentials(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(made);
  });

  test("keeps the key over restarts", () => {
    expect(rootCredentials(path)).toEqual(rootCredentials(path));
  });

  test.each([0o604, 0o640, 0o666])("refuses a file of mode %o and says how to mend it", (mode) => {
    rootCredentials(path);
    chmodSync(path, mode);
    expect(() => rootCredentials(path)).toThrow(`chmod 600 ${path}`);
  });

  test("refuses a file without a key rather than making a new one", () => {
    writeFileSync(path, "{}", { mode: 0o600 });
    expect(() => rootCredentials(path)).toThrow("does not hold an access key");
  });
});

test("an access key looks like AWS's own and no two are equal", () => {
  const keys = Array.from({ length: 50 }, newAccessKey);
  for (const key of keys) {
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  }
  expect(new Set(keys.map((key) => key.secretAccessKey)).size).toBe(50);
});
