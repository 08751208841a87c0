import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { IMPORT_RULES, violations } from "./import-rules.ts";

const sources = globSync("packages/*/src/**/*.ts").map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = globSync("packages/*/package.json").map(
  (path) => JSON.parse(readFileSync(path, "utf8")) as Manifest,
);

describe("imports", () => {
  test("looks at every package", () => {
    const packages = new Set(sources.map(({ path }) => path.split("/")[1]));
    expect(packages).toEqual(new Set(Object.keys(IMPORT_RULES)));
  });

  test("keep to the table", () => {
    expect(violations(sources)).toEqual([]);
  });

  test.each([
    ["packages/domain/src/task.ts", `import fs from "node:fs";`],
    ["packages/planner/src/service/x.ts", `import { S } from "@berth/store/store";`],
    ["packages/planner/src/x.ts", `import { randomUUID } from "node:crypto";`],
    ["packages/contracts/src/x.ts", `export { a } from "@berth/control-plane/context";`],
    ["packages/store/src/keys.ts", `import { DynamoDBClient } from "@aws-sdk/client-dynamodb";`],
    ["packages/control-plane/src/x.ts", `import { t } from "@berth/store/dynamodb/table";`],
    ["packages/control-plane/src/x.ts", `const sqs = await import("@aws-sdk/client-sqs");`],
    ["packages/agent/src/step.ts", `import Docker from "dockerode";`],
    [
      "packages/agent/src/x.ts",
      `import { planService } from "@berth/planner/service/plan-service";`,
    ],
    ["packages/functions/src/x.ts", `import { up } from "@berth/local/host";`],
    ["packages/local/src/host.ts", `import { handler } from "@berth/functions/entry/api";`],
    ["packages/cli/src/main.ts", `import { host } from "@berth/local/host";`],
    ["packages/cli/src/main.ts", `import { aTask } from "@berth/testing/builders";`],
    ["packages/store/src/x.ts", `import { a } from "../../domain/src/arn.ts";`],
    ["packages/domain/src/x.ts", `import "@berth/domain/arn";`],
  ])("catches a planted fault in %s: %s", (path, text) => {
    expect(violations([{ path, text }])).toHaveLength(1);
  });
});

test("each package declares what the table lets it have, and nothing else of Berth", () => {
  const faults = manifests.flatMap(({ name, dependencies = {} }) => {
    const rule = IMPORT_RULES[name.slice("@berth/".length)];
    const allowed = new Set(rule?.berth.map((each) => `@berth/${each.split("/")[0]}`));
    return Object.keys(dependencies)
      .filter((dependency) => dependency.startsWith("@berth/") && !allowed.has(dependency))
      .map((dependency) => `${name} depends on ${dependency}`);
  });
  // The command starts these two as programs, by path; it imports nothing of theirs.
  const programs = new Set([
    "@berth/cli depends on @berth/local",
    "@berth/cli depends on @berth/agent",
  ]);
  expect(faults.filter((fault) => !programs.has(fault))).toEqual([]);
});

test("every dependency is pinned to one exact version", () => {
  const loose = manifests.flatMap(({ name, dependencies = {}, devDependencies = {} }) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
      .map(([dependency, version]) => `${name}: ${dependency} ${version}`),
  );
  expect(loose).toEqual([]);
});
