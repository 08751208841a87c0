import type { JsonSchema } from "@berth/contracts/rest/json-schema";

/** What OpenAPI calls an operation object. */
export interface DocumentedRoute {
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  /** Nobody has to show who he is. */
  readonly isOpen?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly description?: string;
  readonly style?: "form";
  readonly explode?: false;
}

export const pathParameter = (name: string): Parameter => ({
  name,
  in: "path",
  required: true,
  schema: { type: "string" },
});

/** A list is one text, with commas. */
export const queryParameter = (name: string, schema: JsonSchema, required: boolean): Parameter => ({
  name,
  in: "query",
  required,
  schema,
  ...(schema["type"] === "array" && { style: "form", explode: false }),
});

export const jsonBody = (schema: JsonSchema, required: boolean) => ({
  required,
  content: { "application/json": { schema } },
});

interface Answered {
  readonly isWriting: boolean;
  readonly hasTag: boolean;
  readonly otherType?: string;
}

/** All that a route can answer; without a schema it has nothing to say. */
export function answers(
  status: number,
  schema: JsonSchema | undefined,
  { isWriting, hasTag, otherType }: Answered,
): DocumentedRoute["responses"] {
  const validated = isWriting ? [VALIDATED] : [];
  const told = schema ? [schema] : [];
  return {
    ...(isWriting && status !== 200 && { 200: okay("Valid: nothing was done.", VALIDATED) }),
    [status]: {
      ...(schema || status === 200
        ? okay("Done.", anyOf([...told, ...(status === 200 ? validated : [])]), otherType)
        : { description: "Done." }),
      ...(hasTag && { headers: { ETag: ETAG } }),
    },
    default: PROBLEM,
  };
}

const VALIDATED: JsonSchema = { $ref: "#/components/schemas/Validated" };
const ETAG = {
  description: "The version of the resource's record, for If-Match.",
  schema: { type: "string" },
};
const PROBLEM = {
  description: "Refused or failed.",
  content: {
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
  },
};

const okay = (description: string, schema: JsonSchema, otherType?: string) => ({
  description,
  content: {
    "application/json": { schema },
    ...(otherType !== undefined && { [otherType]: { schema: { type: "string" } } }),
  },
});

const anyOf = (schemas: readonly JsonSchema[]): JsonSchema =>
  schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas };
