import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import model from "./ecs-model.json" with { type: "json" };
import { operationNames } from "./operation-names.ts";
import { schemasOf } from "./schemas.ts";
import type { NormalizedSchema } from "@smithy/core/schema";

/** Schemas forget which string is an enum; the SDK's declarations still say so. */
describe("enum-members.json", () => {
  it("says of every member what the SDK's declarations say (vitest -u writes it)", async () => {
    const members = Object.fromEntries(
      [...structures()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, structure]) => [name, enumMembersOf(name, structure)] as const)
        .filter(([, found]) => Object.keys(found).length > 0),
    );
    await expect(`${JSON.stringify(members, null, 2)}\n`).toMatchFileSnapshot(
      "./enum-members.json",
    );
  });
});

const declarations = readDeclarations();

function enumMembersOf(name: string, structure: NormalizedSchema): Record<string, string> {
  const body = declarations.get(name) ?? "";
  return Object.fromEntries(
    Array.from(structure.structIterator(), ([member]) => {
      const type = new RegExp(`^    ${member}\\??: (\\w+)(\\[\\])? \\|`, "m").exec(body)?.[1];
      return [member, type] as const;
    }).filter((entry): entry is [string, string] => isEnum(entry[1])),
  );
}

function isEnum(type: string | undefined): type is keyof typeof model.enums {
  return type !== undefined && type in model.enums;
}

/** Interface name to the text between its braces. */
function readDeclarations(): ReadonlyMap<string, string> {
  const sdk = dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-ecs/package.json"));
  const texts = ["models_0.d.ts", "models_1.d.ts"].map((file) =>
    readFileSync(join(sdk, "dist-types/models", file), "utf8"),
  );
  const interfaces = texts.join("\n").matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm);
  return new Map(Array.from(interfaces, ([, name = "", body = ""]) => [name, body]));
}

function structures(): ReadonlyMap<string, NormalizedSchema> {
  const found = new Map<string, NormalizedSchema>();
  for (const operation of operationNames()) {
    const { input, output } = schemasOf(operation);
    collect(input, found);
    collect(output, found);
  }
  return found;
}

function collect(schema: NormalizedSchema, found: Map<string, NormalizedSchema>): void {
  if (schema.isListSchema() || schema.isMapSchema()) collect(schema.getValueSchema(), found);
  const name = schema.getName() ?? "";
  if (!schema.isStructSchema() || found.has(name)) return;
  found.set(name, schema);
  for (const [, member] of schema.structIterator()) collect(member, found);
}
