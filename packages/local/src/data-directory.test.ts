import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  dataDirectory,
  makeDataDirectory,
  removeDataDirectory,
  socketDirectory,
  writePrivateFile,
} from "./data-directory.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "berth-data-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe("makeDataDirectory", () => {
  test("shuts out others, also from a directory that was there before", () => {
    const root = join(base, "shared");
    mkdirSync(root, { mode: 0o755 });
    makeDataDirectory(dataDirectory(root));
    expect(statSync(root).mode & 0o777).toBe(0o700);
  });

  test("puts the sockets of a deep directory where their paths are short enough, as private", () => {
    const root = join(base, "deep".repeat(40));
    const sockets = socketDirectory(root);
    makeDataDirectory(dataDirectory(root));
    expect(dataDirectory(root).sqsSocket.length).toBeLessThan(100);
    expect(statSync(sockets).mode & 0o777).toBe(0o700);
    rmSync(sockets, { recursive: true });
  });
});

test("two deep directories do not share their sockets", () => {
  const deep = "/x".repeat(80);
  expect(socketDirectory(`${deep}/a`)).not.toBe(socketDirectory(`${deep}/b`));
});

describe("removeDataDirectory", () => {
  test("leaves nothing of Berth's", () => {
    const directory = dataDirectory(join(base, "own"));
    makeDataDirectory(directory);
    writePrivateFile(directory.credentials, "{}");
    writePrivateFile(directory.controlSocket, "");
    removeDataDirectory(directory);
    expect(existsSync(directory.root)).toBe(false);
  });

  test("leaves what is somebody else's", () => {
    const directory = dataDirectory(base);
    makeDataDirectory(directory);
    writeFileSync(join(base, "thesis.txt"), "");
    removeDataDirectory(directory);
    expect(readdirSync(base)).toEqual(["thesis.txt"]);
  });
});
