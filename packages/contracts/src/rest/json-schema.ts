import type { NormalizedSchema } from "@smithy/core/schema";
import { allowedValues, numberKind, requiredMembers } from "../ecs-api/member-rules.ts";
import type { NumberKind } from "../ecs-api/member-rules.ts";

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const NUMBERS: Readonly<Record<NumberKind, JsonSchema>> = {
  Integer: { type: "integer", format: "int32" },
  Long: { type: "integer", format: "int64" },
  Double: { type: "number", format: "double" },
};

/** The SDK's structures as components of an OpenAPI document, each once. */
export class EcsComponents {
  readonly #schemas = new Map<string, JsonSchema>();

  /** By name, in alphabetical order. */
  schemas(): Readonly<Record<string, JsonSchema>> {
    const all = [...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(all);
  }

  /** A structure, by its name. */
  ref(schema: NormalizedSchema): JsonSchema {
    const name = schema.getName() ?? "";
    if (!this.#schemas.has(name)) {
      // Before its members: a structure may hold itself.
      this.#schemas.set(name, {});
      const members = new Map(schema.structIterator());
      this.#schemas.set(name, this.object(name, members, requiredMembers(name)));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** An object with some members of a structure. */
  object(
    structure: string,
    members: ReadonlyMap<string, NormalizedSchema>,
    required: readonly string[],
  ): JsonSchema {
    const properties = [...members].map(([name, schema]) => [
      name,
      this.member(structure, name, schema),
    ]);
    return {
      type: "object",
      properties: Object.fromEntries(properties) as JsonSchema,
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    };
  }

  /** What a member of a structure holds. */
  member(structure: string, name: string, schema: NormalizedSchema): JsonSchema {
    if (schema.isStructSchema()) return this.ref(schema);
    if (schema.isListSchema()) {
      return { type: "array", items: this.member(structure, name, schema.getValueSchema()) };
    }
    if (schema.isMapSchema()) {
      const additionalProperties = this.member(structure, name, schema.getValueSchema());
      return { type: "object", additionalProperties };
    }
    if (schema.isNumericSchema()) return NUMBERS[numberKind(structure, name)];
    if (schema.isBooleanSchema()) return { type: "boolean" };
    if (schema.isTimestampSchema()) return { type: "string", format: "date-time" };
    if (!schema.isStringSchema()) return {};
    const values = allowedValues(structure, name);
    return { type: "string", ...(values && { enum: values }) };
  }
}
