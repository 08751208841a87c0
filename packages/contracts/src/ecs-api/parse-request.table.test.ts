import { isEcsError } from "@berth/domain/errors";
import type { EcsError } from "@berth/domain/errors";
import type { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, it } from "vitest";
import { allowedValues, requiredMembers } from "./member-rules.ts";
import { operationNames } from "./operation-names.ts";
import type { ModelOperationName } from "./operation-names.ts";
import { parseRequest } from "./parse-request.ts";
import { schemasOf } from "./schemas.ts";

/** Every member that a request of the operation can have, however deep, with its rules. */
interface Site {
  readonly path: readonly (string | number)[];
  readonly schema: NormalizedSchema;
  readonly required: boolean;
  readonly allowed: readonly string[] | undefined;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

describe.each(operationNames())("%s", (operation) => {
  const input = schemasOf(operation).input;
  const sites = structureSites(input, []);
  const complete = exampleOf(input);

  it("takes a request with every member", () => {
    expect(Object.keys(parse(operation, complete))).toEqual(Object.keys(complete as object));
  });

  it("drops members that the schema does not know, and null ones that are not required", () => {
    const optional = sites.filter(({ path, required }) => path.length === 1 && !required);
    const nulls = Object.fromEntries(optional.map(({ path }) => [path[0], null]));
    const parsed = parse(operation, { ...(complete as object), ...nulls, unheardOf: { a: [1] } });
    const kept = sites.filter(({ path, required }) => path.length === 1 && required);
    expect(new Set(Object.keys(parsed))).toEqual(new Set(kept.map(({ path }) => path[0])));
  });

  it.each(["{", "nul", '{"a":1}}', "\u0000", "{'a':1}"])("refuses malformed JSON: %j", (body) => {
    expect(refusalOf(() => parseRequest(operation, body))).toMatchObject({
      code: "SerializationException",
      message: "The request body is not valid JSON.",
    });
  });

  it.each(["[]", "null", "1", '"text"', "true", "[{}]"])("refuses a body of %s", (body) => {
    expect(refusalOf(() => parseRequest(operation, body)).code).toBe("SerializationException");
  });

  it("refuses a wrong type of every member, naming it", () => {
    for (const { path, schema } of sites) {
      for (const wrong of wrongValues(schema)) {
        const refusal = refusalOf(() => parse(operation, withValue(complete, path, wrong)));
        expect(refusal.code).toBe("SerializationException");
        expect(refusal.message).toContain(`(${dotted(path)})`);
      }
    }
  });

  it("refuses the lack of every required member, naming it", () => {
    for (const { path } of sites.filter(({ required }) => required)) {
      for (const body of [withValue(complete, path, undefined), withValue(complete, path, null)]) {
        const refusal = refusalOf(() => parse(operation, body));
        expect(refusal.code).toMatch(/^(InvalidParameter|Client)Exception$/);
        expect(refusal.message).toMatch(
          path.length === 1
            ? /should not be null|cannot be empty/
            : `${dotted(path)} should not be null.`,
        );
      }
    }
  });

  it("refuses a bad value of every enum, naming member, value and choice", () => {
    for (const { path, allowed } of sites) {
      if (!allowed) continue;
      const refusal = refusalOf(() => parse(operation, withValue(complete, path, "MAYBE")));
      expect(refusal.code).toMatch(/^(InvalidParameter|Client)Exception$/);
      expect(refusal.message).toBe(
        `${dotted(path)} should be one of [${allowed.join(",")}], but was MAYBE`,
      );
    }
  });
});

it("covers the model: some members of every kind were tried", () => {
  const sites = operationNames().flatMap((name) => structureSites(schemasOf(name).input, []));
  expect(operationNames()).toHaveLength(77);
  expect(sites.length).toBeGreaterThan(1500);
  expect(sites.filter(({ allowed }) => allowed).length).toBeGreaterThan(100);
  expect(sites.filter(({ required }) => required).length).toBeGreaterThan(150);
});

function parse(operation: ModelOperationName, body: unknown): object {
  return parseRequest(operation, JSON.stringify(body));
}

function refusalOf(attempt: () => unknown): EcsError {
  try {
    attempt();
  } catch (error) {
    if (isEcsError(error)) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}

function structureSites(schema: NormalizedSchema, path: Site["path"]): readonly Site[] {
  const structure = schema.getName() ?? "";
  return Array.from(schema.structIterator()).flatMap(([member, memberSchema]) =>
    valueSites({
      path: [...path, member],
      schema: memberSchema,
      required: requiredMembers(structure).includes(member),
      allowed: allowedValues(structure, member),
    }),
  );
}

function valueSites(site: Site): readonly Site[] {
  const { path, schema } = site;
  if (schema.isStructSchema()) {
    return [{ ...site, allowed: undefined }, ...structureSites(schema, path)];
  }
  if (!schema.isListSchema() && !schema.isMapSchema()) return [site];
  const inner: Site = {
    path: [...path, schema.isListSchema() ? 0 : "key"],
    schema: schema.getValueSchema(),
    required: false,
    allowed: site.allowed,
  };
  return [{ ...site, allowed: undefined }, ...valueSites(inner)];
}

function exampleOf(schema: NormalizedSchema, allowed?: readonly string[]): Json {
  if (schema.isStructSchema()) {
    const structure = schema.getName() ?? "";
    return Object.fromEntries(
      Array.from(schema.structIterator(), ([member, memberSchema]) => [
        member,
        exampleOf(memberSchema, allowedValues(structure, member)),
      ]),
    );
  }
  if (schema.isListSchema()) return [exampleOf(schema.getValueSchema(), allowed)];
  if (schema.isMapSchema()) return { key: exampleOf(schema.getValueSchema(), allowed) };
  if (schema.isStringSchema()) return allowed?.at(-1) ?? "text";
  if (schema.isBooleanSchema()) return true;
  return 1;
}

function wrongValues(schema: NormalizedSchema): readonly Json[] {
  if (schema.isDocumentSchema()) return [];
  if (schema.isStructSchema() || schema.isMapSchema()) return ["text", 1, true, []];
  if (schema.isListSchema()) return ["text", 1, true, {}];
  if (schema.isStringSchema()) return [1, 1.5, true, [], {}];
  if (schema.isBooleanSchema()) return ["true", 1, [], {}];
  return ["1", true, [], {}];
}

/** A copy with another value there, or with none. */
function withValue(
  holder: Json | undefined,
  [step = "", ...inner]: Site["path"],
  value: Json | undefined,
): Json {
  if (Array.isArray(holder)) {
    const at = Number(step);
    const changed = inner.length === 0 ? value : withValue(holder[at], inner, value);
    return changed === undefined ? holder.toSpliced(at, 1) : holder.with(at, changed);
  }
  const { [step]: own, ...others } = holder as { readonly [key: string]: Json };
  const changed = inner.length === 0 ? value : withValue(own, inner, value);
  return changed === undefined ? others : { ...others, [step]: changed };
}

function dotted(path: Site["path"]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`,
    "",
  );
}
