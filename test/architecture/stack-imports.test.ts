import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * What the deployment shares with one machine: queues, what functions may use, what they measure,
 * which changes they are told of, and over how many keys the table is spread.
 */
const SHARED: ReadonlySet<string> = new Set([
  "../packages/aws/src/queues.ts",
  "../packages/contracts/src/metrics.ts",
  "../packages/functions/src/change-source.ts",
  "../packages/functions/src/function-limits.ts",
  "../packages/functions/src/table-shards.ts",
]);
const SIBLING = /^\.\/(?:stacks\/)?[\w-]+\.ts$/;
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm;

/** Stacks name handlers by their paths: what they import runs on the machine that deploys. */
function faults({ path, text }: SourceFile): readonly string[] {
  const specifiers = [...text.matchAll(IMPORT)].map(([, specifier = ""]) => specifier);
  return specifiers
    .filter((specifier) => !SIBLING.test(specifier) && !SHARED.has(specifier))
    .map((specifier) => `${path}: ${specifier}`);
}

const sources = ["sst.config.ts", ...globSync("stacks/*.ts")].map((path) => ({
  path,
  text: readFileSync(path, "utf8"),
}));

describe("imports of stacks", () => {
  test("are each other and what one machine shares", () => {
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.flatMap(faults)).toEqual([]);
  });

  test("are found where they are not", () => {
    const text = `import * as pulumi from "@pulumi/pulumi";
import { handler } from "../packages/functions/src/entry/api.ts";
const { readFileSync } = await import("node:fs");`;
    expect(faults({ path: "stacks/x.ts", text })).toHaveLength(3);
  });

  test("are none at the top of the config, which the SST command refuses", () => {
    expect(readFileSync("sst.config.ts", "utf8")).not.toMatch(/^import /m);
  });

  // `link` grants every action of a service; `permissions` say which.
  test("link nothing", () => {
    expect(sources.filter(({ text }) => /\blink\s*:/.test(text))).toEqual([]);
  });
});
