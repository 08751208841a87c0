import { URLPattern } from "node:url";
import type { OperationRoute } from "@berth/contracts/rest/operation-route";
import type { EcsOperationName } from "@berth/contracts/ecs-api/operations";
import type { RouteMembers } from "@berth/contracts/rest/route-members";
import type { Command } from "@berth/control-plane/commands/command";
import type { Access } from "@berth/control-plane/access/authorize";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { RestCall } from "./rest-once.ts";
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

/** One operation of the ECS API: what it takes and answers is in its schemas. */
export interface OperationRestRoute {
  readonly kind: "operation";
  readonly operation: EcsOperationName;
  readonly route: OperationRoute;
  readonly members: RouteMembers;
  readonly command: Command<EcsOperationName>;
}

/** A call that changes nothing, and makes its whole answer itself. */
export interface RawRoute {
  readonly kind: "raw";
  access(scope: Scope, request: RestRequest, context: CommandContext): Access | Promise<Access>;
  call(context: CommandContext, call: RestCall): Promise<APIGatewayProxyStructuredResultV2>;
}

export type RestRoute = RawRoute | SignedRoute | OpenRoute | OperationRestRoute;

/** By method and path pattern, such as `GET /v1/services/:service/explain`. */
export type RestRoutes = Readonly<Record<string, RestRoute>>;

export interface RestMatch {
  readonly route: RestRoute;
  /** Of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Of path and query by name: the path is what access was asked about, so it goes first. */
export const parametersOf = ({
  path,
  query,
}: Pick<RestMatch, "path" | "query">): RestRequest["parameters"] => ({
  ...Object.fromEntries(query),
  ...path,
});

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
        return {
          route: each.route,
          path: decoded(match.pathname.groups),
          query: new URLSearchParams(query),
        };
    }
    return undefined;
  };
}

const decoded = (groups: Readonly<Record<string, string | undefined>>): RestMatch["path"] =>
  Object.fromEntries(Object.entries(groups).map(([name, value = ""]) => [name, decode(value)]));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
