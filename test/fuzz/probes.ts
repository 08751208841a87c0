import { allowedValues, requiredMembers } from "@berth/contracts/ecs-api/member-rules";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import type { Json } from "@berth/testing/odd-values";
import type { KnownTexts } from "@berth/testing/request-bodies";
import type { NormalizedSchema } from "@smithy/core/schema";

/** A request that asks for one member more than the example does. */
export interface Probe {
  /** Such as `deploymentConfiguration.strategy` or `launchType`. */
  readonly member: string;
  /** The value, of an enum. */
  readonly value?: string;
  readonly body: Json;
}

interface Place {
  /** The structure that the member is in, and its name there. */
  readonly structure: string;
  readonly member: string;
  /** Structures on the way here: none has a place in itself. */
  readonly above: readonly string[];
}

/** For each member that the operation's requests can have, however deep, the example with it. */
export function probes(
  operation: ModelOperationName,
  { known, example }: { readonly known: KnownTexts; readonly example: Json },
): readonly Probe[] {
  const place = { structure: "", member: "", above: [] };
  return [...new Prober(known).within(schemasOf(operation).input, example, place)];
}

class Prober {
  readonly #known: KnownTexts;

  constructor(known: KnownTexts) {
    this.#known = known;
  }

  /** What `base` becomes with one more member somewhere in it. */
  *within(schema: NormalizedSchema, base: Json, place: Place): Generator<Probe> {
    if (schema.isStructSchema()) yield* this.#withinStructure(schema, base, place);
    else if (schema.isListSchema()) {
      const [first, ...rest] = Array.isArray(base) ? base : [];
      for (const probe of this.within(schema.getValueSchema(), first ?? null, place)) {
        yield { ...probe, body: [probe.body, ...rest] };
      }
    } else if (schema.isMapSchema()) {
      for (const probe of this.within(schema.getValueSchema(), null, place)) {
        yield { ...probe, body: { key: probe.body } };
      }
    } else yield* this.#scalars(schema, place);
  }

  *#withinStructure(schema: NormalizedSchema, base: Json, { above }: Place): Generator<Probe> {
    const structure = schema.getName() ?? "";
    if (above.includes(structure)) return;
    const given = isObject(base) ? base : this.#leastOf(schema, above);
    for (const [member, memberSchema] of schema.structIterator()) {
      const place = { structure, member, above: [...above, structure] };
      for (const probe of this.within(memberSchema, given[member] ?? null, place)) {
        yield {
          ...probe,
          member: probe.member === "" ? member : `${member}.${probe.member}`,
          body: { ...given, [member]: probe.body },
        };
      }
    }
  }

  *#scalars(schema: NormalizedSchema, place: Place): Generator<Probe> {
    const values = allowedValues(place.structure, place.member);
    if (schema.isStringSchema() && values) {
      for (const value of values) yield { member: "", value, body: value };
    } else yield { member: "", body: this.#scalar(schema, place) };
  }

  /** The members that the structure cannot be without. */
  #leastOf(schema: NormalizedSchema, above: readonly string[]): Record<string, Json> {
    const structure = schema.getName() ?? "";
    const members = new Map(schema.structIterator());
    return Object.fromEntries(
      requiredMembers(structure).flatMap((member) => {
        const memberSchema = members.get(member);
        const place = { structure, member, above: [...above, structure] };
        return memberSchema ? [[member, this.#least(memberSchema, place)]] : [];
      }),
    );
  }

  #least(schema: NormalizedSchema, place: Place): Json {
    if (schema.isStructSchema()) return this.#leastOf(schema, place.above);
    if (schema.isListSchema()) return [this.#least(schema.getValueSchema(), place)];
    if (schema.isMapSchema()) return {};
    return this.#scalar(schema, place);
  }

  #scalar(schema: NormalizedSchema, { structure, member }: Place): Json {
    if (schema.isBooleanSchema()) return true;
    if (schema.isDocumentSchema()) return {};
    if (!schema.isStringSchema()) return 1;
    const known = this.#known.find(([name]) => name.test(member))?.[1];
    return allowedValues(structure, member)?.[0] ?? known?.[0] ?? "main";
  }
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
