import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installation } from "./installation.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-installation-"));
  path = join(directory, "installation.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("decides region and account at the first start and keeps them", () => {
  const first = installation(path, { region: "eu-west-1" });
  expect(first).toEqual({ region: "eu-west-1", account: "000000000000" });
  expect(installation(path, {})).toEqual(first);
});

test("refuses another region later, for it is part of every ARN in the store", () => {
  installation(path, {});
  expect(() => installation(path, { region: "eu-west-1" })).toThrow(
    "was made for region us-east-1",
  );
});
