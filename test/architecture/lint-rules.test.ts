import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The linter's own findings in a workspace that holds just one planted file. */
function lint(workspace: string, path: string, text: string): string {
  const file = join(workspace, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  try {
    return execFileSync(resolve("node_modules/.bin/oxlint"), ["--deny-warnings", path], {
      cwd: workspace,
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    rmSync(file);
  }
}

describe("lint rules for pure code", () => {
  let workspace: string;
  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), "berth-lint-"));
    copyFileSync(".oxlintrc.json", join(workspace, ".oxlintrc.json"));
  });
  afterAll(() => rmSync(workspace, { recursive: true }));

  test.each([
    ["a clock", "packages/planner/src/x.ts", "export const now = () => Date.now();", "Date"],
    ["randomness", "packages/planner/src/x.ts", "export const r = () => Math.random();", "random"],
    ["the process", "packages/domain/src/x.ts", "export const env = () => process.env;", "process"],
    [
      "an SDK",
      "packages/domain/src/x.ts",
      'import { SQSClient } from "@aws-sdk/client-sqs";\nexport const c = new SQSClient();',
      "no-restricted-imports",
    ],
    ["a barrel", "packages/store/src/index.ts", 'export * from "./keys.ts";', "no-barrel-file"],
    ["an any", "packages/store/src/x.ts", "export const x: any = 1;", "no-explicit-any"],
  ])("catch %s", (_, path, text, expected) => {
    expect(lint(workspace, path, text)).toContain(expected);
  });

  test("let clean code pass", () => {
    const found = lint(workspace, "packages/planner/src/x.ts", "export const one = 1;\n");
    expect(found).toContain("Found 0 warnings and 0 errors");
  });
});
