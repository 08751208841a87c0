import { URLPattern } from "node:url";
import type { CommandContext } from "@berth/control-plane/context";

/** One call under `/v1`: parameters of path and query by name, path first; the result is printed. */
export type RestCall = (
  context: CommandContext,
  parameters: Readonly<Record<string, string | undefined>>,
  body: string,
) => Promise<unknown>;

/** By method and path pattern, such as `GET /v1/services/:service/explain`. */
export type RestRoutes = Readonly<Record<string, RestCall>>;

export interface RestMatch {
  readonly call: RestCall;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

export type FindRestCall = (method: string, path: string, query: string) => RestMatch | undefined;

/** Compiles the routes' patterns once. */
export function createRestRouter(routes: RestRoutes): FindRestCall {
  const compiled = Object.entries(routes).map(([route, call]) => {
    const [method = "", pathname = ""] = route.split(" ");
    return { method, pattern: new URLPattern({ pathname }), call };
  });
  return (method, path, query) => {
    for (const route of compiled) {
      const match = route.method === method ? route.pattern.exec({ pathname: path }) : null;
      if (match)
        return { call: route.call, parameters: parametersOf(match.pathname.groups, query) };
    }
    return undefined;
  };
}

function parametersOf(
  groups: Readonly<Record<string, string | undefined>>,
  query: string,
): RestMatch["parameters"] {
  const decoded = Object.entries(groups).map(
    ([name, value = ""]) => [name, decode(value)] as const,
  );
  return { ...Object.fromEntries(new URLSearchParams(query)), ...Object.fromEntries(decoded) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
