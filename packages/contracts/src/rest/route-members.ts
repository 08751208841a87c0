import type { NormalizedSchema } from "@smithy/core/schema";
import { schemasOf } from "../ecs-api/schemas.ts";
import type { OperationRoute, OperationRouteName, PathMember } from "./operation-route.ts";

/** Where each member of an operation's request stands in a call of one of its routes. */
export interface RouteMembers {
  readonly input: NormalizedSchema;
  /** By parameter; without a member what only says whose another one is. */
  readonly path: ReadonlyMap<string, PathMember | undefined>;
  /** By name in the query: a member of a member has a dot in its name. */
  readonly query: ReadonlyMap<string, QueryMember>;
  /** By name; empty for methods that have no body. */
  readonly body: ReadonlyMap<string, NormalizedSchema>;
}

export interface QueryMember {
  /** From the request inward. */
  readonly steps: readonly string[];
  readonly schema: NormalizedSchema;
}

/** REST's own words for two members of every list. */
const REST_NAMES: Readonly<Record<string, string>> = { maxResults: "limit", nextToken: "cursor" };

/** Everything that the path does not say is in the query of GET and DELETE, in the body of others. */
export function routeMembers(name: OperationRouteName, route: OperationRoute): RouteMembers {
  const { input } = schemasOf(route.operation);
  const path = pathMembers(name, route, input);
  const inPath = new Set([...path.values()].flatMap((each) => each?.member ?? []));
  const others = membersOf(input).filter(([member]) => !inPath.has(member));
  const isAsked = /^(GET|DELETE) /.test(name);
  return {
    input,
    path,
    query: new Map(isAsked ? others.flatMap(([member, schema]) => flat([member], schema)) : []),
    body: new Map(isAsked ? [] : others),
  };
}

/** Names of the parameters in a path such as `/v1/clusters/{cluster}`. */
export const parameterNames = (path: string): readonly string[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);

function pathMembers(
  name: string,
  route: OperationRoute,
  input: NormalizedSchema,
): RouteMembers["path"] {
  const members = new Set(membersOf(input).map(([member]) => member));
  return new Map(
    parameterNames(name).map((parameter) => {
      const own = members.has(parameter) ? { member: parameter } : undefined;
      return [parameter, route.path?.[parameter] ?? own];
    }),
  );
}

function flat(
  steps: readonly string[],
  schema: NormalizedSchema,
): readonly (readonly [string, QueryMember])[] {
  if (schema.isStructSchema()) {
    return membersOf(schema).flatMap(([member, inner]) => flat([...steps, member], inner));
  }
  const [first = "", ...rest] = steps;
  return [[[REST_NAMES[first] ?? first, ...rest].join("."), { steps, schema }]];
}

const membersOf = (schema: NormalizedSchema): readonly (readonly [string, NormalizedSchema])[] =>
  Array.from(schema.structIterator(), ([name, member]) => [name, member] as const);
