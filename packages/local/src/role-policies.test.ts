import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rolePolicy } from "./role-policies.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-roles-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("the execution role of AWS's console may log where nobody says otherwise, and no other may", async () => {
  expect(await rolePolicy(directory, "ecsTaskExecutionRole")).toMatchObject({
    Statement: [{ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"] }],
  });
  expect(await rolePolicy(directory, "another")).toBeUndefined();
  writeFileSync(join(directory, "ecsTaskExecutionRole.json"), '{"Statement":[]}');
  expect(await rolePolicy(directory, "ecsTaskExecutionRole")).toEqual({ Statement: [] });
});
