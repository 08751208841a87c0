import { EcsError } from "@berth/domain/errors";
import type { NormalizedSchema } from "@smithy/core/schema";
import { isJsonObject } from "../ecs-api/request-readers.ts";
import type { JsonObject } from "../ecs-api/request-readers.ts";
import type { IdOf } from "./operation-route.ts";
import type { RouteMembers } from "./route-members.ts";

/** A call of a route as it came. */
export interface RestParts {
  /** Decoded, by the names of the route's path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** JSON, or undefined where there is none. */
  readonly body: unknown;
}

/** What ECS calls something, by the id in the path and the path's other parts. */
export type NameId = (idOf: IdOf, id: string, path: RestParts["path"]) => string;

/** What may be said in the query of every call, and is no member of any request. */
export const VALIDATE_ONLY = "validateOnly";

/**
 * The members of the operation's request, as awsJson1.1 would have them: REST's times are RFC 3339.
 * The reader of ECS's own requests checks all the rest.
 *
 * @throws EcsError InvalidParameterException, for what has no place in the request
 */
export function requestMembers(
  members: RouteMembers,
  { path, query, body }: RestParts,
  nameId: NameId,
): JsonObject {
  const given = { ...fromQuery(members, query), ...fromBody(members, body) };
  const wire = toWire(members.input, given, []) as JsonObject;
  return { ...wire, ...fromPath(members, path, nameId) };
}

function fromPath(members: RouteMembers, path: RestParts["path"], nameId: NameId): JsonObject {
  const result: JsonObject = {};
  for (const [parameter, to] of members.path) {
    if (!to) continue;
    const text = path[parameter] ?? "";
    const value = to.idOf ? nameId(to.idOf, text, path) : text;
    result[to.member] = members.input.getMemberSchema(to.member).isListSchema() ? [value] : value;
  }
  return result;
}

function fromQuery({ query: known }: RouteMembers, query: URLSearchParams): JsonObject {
  const result: JsonObject = {};
  for (const name of new Set(query.keys())) {
    if (name === VALIDATE_ONLY) continue;
    const member = known.get(name);
    if (!member) throw unknownParameter(name, [...known.keys()]);
    const texts = query.getAll(name);
    if (texts.length > 1 && !member.schema.isListSchema()) throw invalid(`${name}: is said twice.`);
    put(result, member.steps, valueOf(member.schema, texts.join(",")));
  }
  return result;
}

/** What cannot be read stays text: the reader of requests says what it should have been. */
function valueOf(schema: NormalizedSchema, text: string): unknown {
  if (schema.isListSchema()) {
    return text.split(",").map((each) => valueOf(schema.getValueSchema(), each));
  }
  if (schema.isNumericSchema()) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (schema.isBooleanSchema()) return { true: true, false: false }[text] ?? text;
  return text;
}

function put(target: JsonObject, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = (target[first] ?? {}) as JsonObject;
  target[first] = inner;
  put(inner, rest, value);
}

function fromBody({ path, body: known }: RouteMembers, body: unknown): JsonObject {
  if (body === undefined) return {};
  if (known.size === 0) throw invalid("This call takes no body.");
  if (!isJsonObject(body)) throw invalid("The body should be a JSON object.");
  for (const to of path.values()) {
    if (to && Object.hasOwn(body, to.member)) {
      throw invalid(`${to.member}: the path says it, and the body should not.`);
    }
  }
  return body;
}

/** Turns REST's times into those of awsJson1.1, wherever the request has one. */
function toWire(schema: NormalizedSchema, value: unknown, at: readonly string[]): unknown {
  if (schema.isTimestampSchema()) return epochSeconds(value, at);
  if (schema.isListSchema() && Array.isArray(value)) {
    const inner = schema.getValueSchema();
    return value.map((each, index) => toWire(inner, each, [...at, String(index)]));
  }
  if (!schema.isStructSchema() || !isJsonObject(value)) return value;
  const known = new Map(Array.from(schema.structIterator()));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const inner = known.get(name);
      return [name, inner ? toWire(inner, each, [...at, name]) : each];
    }),
  );
}

/** Source: RFC 3339, 5.6. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

function epochSeconds(value: unknown, at: readonly string[]): number | null {
  if (value === null) return null;
  const time = typeof value === "string" && DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw invalid(`${at.join(".")}: must be a time as in RFC 3339, such as 2026-11-21T12:00:00Z.`);
  }
  return time / 1000;
}

function unknownParameter(name: string, known: readonly string[]): EcsError {
  const all = [...known, VALIDATE_ONLY].join(", ");
  return invalid(`${name.slice(0, 64)}: is no parameter of this call, which has ${all}.`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
