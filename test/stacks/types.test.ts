import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { program, ROOT, SST_HOME } from "./paths.ts";

const PLANTED = join(SST_HOME, "planted");
afterAll(() => rmSync(PLANTED, { recursive: true, force: true }));

/** The compiler's findings, by its own way of naming them. */
async function check(projectPath: string): Promise<readonly string[]> {
  try {
    await promisify(execFile)(program("tsc"), ["-p", projectPath], { cwd: ROOT });
    return [];
  } catch (error) {
    const { stdout } = error as { readonly stdout: string };
    return stdout.split("\n").filter((line) => line.includes("error TS"));
  }
}

test("config and stacks agree with the types of SST's components", async () => {
  expect(await check("stacks")).toEqual([]);
});

test("a field, an option, a duration and a value that the components do not know are found", async () => {
  mkdirSync(PLANTED, { recursive: true });
  writeFileSync(
    join(PLANTED, "planted.ts"),
    `/// <reference path="../platform/config.d.ts" />
new sst.aws.Dynamo("A", { fields: { pk: "text" }, primaryIndex: { hashKey: "pk" } });
new sst.aws.Queue("B", { fifo: { contentDeduplication: true } });
new sst.aws.Queue("C", { visibilityTimeout: "6 fortnights" });
new sst.aws.Function("D", { handler: "x.handler", architecture: "sparc" });
`,
  );
  writeFileSync(
    join(PLANTED, "tsconfig.json"),
    JSON.stringify({ extends: "../../stacks/tsconfig.json", include: ["planted.ts"] }),
  );
  const lines = (await check(PLANTED)).map((finding) => /planted\.ts\((\d)/.exec(finding)?.[1]);
  expect(lines).toEqual(["2", "3", "4", "5"]);
});
