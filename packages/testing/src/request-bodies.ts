import { allowedValues, numberKind, requiredMembers } from "@berth/contracts/ecs-api/member-rules";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import type { NormalizedSchema } from "@smithy/core/schema";
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { aSpoiling, enlarged, spoiled } from "./odd-values.ts";
import type { Json } from "./odd-values.ts";

/** What requests can be about: texts that are good for members with such a name. */
export type KnownTexts = readonly (readonly [member: RegExp, texts: readonly string[]])[];

export interface BodySource {
  readonly known: KnownTexts;
  /** A request that is accepted, where chance would hardly find one. */
  readonly example?: Readonly<Record<string, Json>> | undefined;
}

/** About so many of a structure's optional members are drawn. */
const OPTIONAL_MEMBERS = 3;

/**
 * Bodies of requests, drawn from the operation's schema: some are right, most are spoiled in a place
 * or two. Before them, the example with each of its members too large. Equal seeds give equal bodies.
 */
export function requestBodies(
  operation: ModelOperationName,
  { known, example = {} }: BodySource,
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly string[] {
  const drawn = new Requests(known).aStructure(schemasOf(operation).input);
  const aRequest = fc.oneof(
    fc.constant<Json>(example),
    drawn,
    drawn.map((members) => withDrawn(example, members)),
  );
  const aBody = fc
    .tuple(aRequest, fc.array(aSpoiling, { maxLength: 2 }))
    .map(([request, spoilings]) => JSON.stringify(spoilings.reduce(spoiled, request)) ?? "");
  return [
    ...enlarged(example).map((request) => JSON.stringify(request)),
    ...fc.sample(aBody, { seed, numRuns: count }),
  ];
}

/** The example with the members that were drawn. */
const withDrawn = (example: Readonly<Record<string, Json>>, members: typeof example) => ({
  ...example,
  ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
});

class Requests {
  readonly #known: KnownTexts;

  constructor(known: KnownTexts) {
    this.#known = known;
  }

  aStructure(schema: NormalizedSchema): Arbitrary<Record<string, Json>> {
    const structure = schema.getName() ?? "";
    const required = new Set(requiredMembers(structure));
    const members = Array.from(schema.structIterator());
    const optional = members.filter(([member]) => !required.has(member)).length;
    const absence = Math.max(1, Math.round(optional / OPTIONAL_MEMBERS) - 1);
    return fc.record(
      Object.fromEntries(
        members.map(([member, memberSchema]) => {
          const value = this.#aValue(memberSchema, structure, member);
          return [member, required.has(member) ? value : maybe(value, absence)];
        }),
      ),
      { noNullPrototype: true },
    );
  }

  #aValue(schema: NormalizedSchema, structure: string, member: string): Arbitrary<Json> {
    if (schema.isStructSchema()) return this.aStructure(schema);
    if (schema.isListSchema()) {
      return fc.array(this.#aValue(schema.getValueSchema(), structure, member), { maxLength: 2 });
    }
    if (schema.isMapSchema()) {
      const value = this.#aValue(schema.getValueSchema(), structure, member);
      return fc
        .array(fc.tuple(fc.constantFrom("a", "key", "__proto__", "constructor"), value), {
          maxLength: 2,
        })
        .map((entries) => Object.fromEntries(entries));
    }
    return this.#aScalar(schema, structure, member);
  }

  #aScalar(schema: NormalizedSchema, structure: string, member: string): Arbitrary<Json> {
    if (schema.isStringSchema()) {
      return fc.constantFrom(...(allowedValues(structure, member) ?? this.#textsFor(member)));
    }
    if (schema.isBooleanSchema()) return fc.boolean();
    if (schema.isDocumentSchema())
      return fc.constantFrom<Json>({ a: [1, { b: true }] }, [], "text");
    if (schema.isTimestampSchema()) return fc.constantFrom(0, 1_700_000_000, 1_800_000_000.5);
    const whole = fc.constantFrom(0, 1, 2, 5, 10, 50, 80, 100, 200, 512);
    return numberKind(structure, member) === "Double" ? fc.oneof(whole, fc.constant(0.5)) : whole;
  }

  #textsFor(member: string): readonly string[] {
    return this.#known.find(([name]) => name.test(member))?.[1] ?? PLAIN_TEXTS;
  }
}

/** Texts that a good many of the other members take. */
const PLAIN_TEXTS = ["a", "web", "main", "busybox", "256", "1", "cpu", "attribute:zone", "/data"];

const maybe = (value: Arbitrary<Json>, absence: number): Arbitrary<Json> =>
  fc.oneof({ weight: absence, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
