import { URLPattern } from "node:url";
import type { Access } from "@berth/control-plane/access/authorize";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import type { Scope } from "@berth/domain/arn";

/** A call under `/v1` as it came. */
export interface RestRequest {
  /** Of path and query by name, path first. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** JSON, or undefined where there is none. */
  readonly body: unknown;
}

/** For who has signed, and may do it. What `call` gives back is printed; nothing is 204. */
export interface SignedRoute {
  readonly kind: "signed";
  /** 200 where nothing is said. */
  readonly status?: number;
  /** What policies call it. The context is for what has to be looked up for that. */
  access(scope: Scope, request: RestRequest, context: CommandContext): Access | Promise<Access>;
  call(context: CommandContext, request: RestRequest): Promise<unknown>;
}

/** For everybody: the call itself finds out who that is. */
export interface OpenRoute {
  readonly kind: "open";
  call(controlPlane: ControlPlane, request: RestRequest): Promise<unknown>;
}

export type RestRoute = SignedRoute | OpenRoute;

/** By method and path pattern, such as `GET /v1/services/:service/explain`. */
export type RestRoutes = Readonly<Record<string, RestRoute>>;

export interface RestMatch {
  readonly route: RestRoute;
  readonly parameters: RestRequest["parameters"];
}

export type FindRestRoute = (method: string, path: string, query: string) => RestMatch | undefined;

/** Compiles the routes' patterns once. */
export function createRestRouter(routes: RestRoutes): FindRestRoute {
  const compiled = Object.entries(routes).map(([pattern, route]) => {
    const [method = "", pathname = ""] = pattern.split(" ");
    return { method, pattern: new URLPattern({ pathname }), route };
  });
  return (method, path, query) => {
    for (const each of compiled) {
      const match = each.method === method ? each.pattern.exec({ pathname: path }) : null;
      // A pattern also fits what `..` or a tab in a path would come to. API Gateway has not read it
      // so: to it that is another route, with another throttle.
      if (match?.pathname.input === path)
        return { route: each.route, parameters: parametersOf(match.pathname.groups, query) };
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
