import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BERTH_VERSION } from "./version.ts";

test("the agent says the version of its package", () => {
  const packageJson = new URL("../../package.json", import.meta.url);
  expect(JSON.parse(readFileSync(packageJson, "utf8"))).toMatchObject({ version: BERTH_VERSION });
});
