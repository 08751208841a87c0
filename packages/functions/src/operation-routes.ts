import type { EcsOperationName } from "@berth/contracts/ecs-api/operations";
import { OPERATION_ROUTES } from "@berth/contracts/rest/operation-routes";
import type { OperationRoute, OperationRouteName } from "@berth/contracts/rest/operation-route";
import { routeMembers } from "@berth/contracts/rest/route-members";
import type { Command, Commands } from "@berth/control-plane/commands/command";
import type { OperationRestRoute, RestRoutes } from "./rest-routes.ts";

/** The operations that are carried out as resources and verbs. */
export function operationRoutes(commands: Partial<Commands>): RestRoutes {
  return Object.fromEntries(
    carriedOut(commands).map(([name, route]) => [
      name.replaceAll(/\{(\w+)\}/g, ":$1"),
      operationRoute(name, route, commands),
    ]),
  );
}

/** What REST has of the ECS API now. */
export function carriedOut(
  commands: Partial<Commands>,
): readonly (readonly [OperationRouteName, OperationRoute])[] {
  return Object.entries(OPERATION_ROUTES)
    .filter(([, { operation }]) => Object.hasOwn(commands, operation))
    .map(([name, route]) => [name as OperationRouteName, route]);
}

function operationRoute(
  name: OperationRouteName,
  route: OperationRoute,
  commands: Partial<Commands>,
): OperationRestRoute {
  const operation = route.operation as EcsOperationName;
  return {
    kind: "operation",
    operation,
    route,
    members: routeMembers(name, route),
    command: commands[operation] as Command<EcsOperationName>,
  };
}
