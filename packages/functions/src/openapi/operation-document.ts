import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import { requiredMembers } from "@berth/contracts/ecs-api/member-rules";
import type { EcsComponents, JsonSchema } from "@berth/contracts/rest/json-schema";
import type { OperationRoute, OperationRouteName } from "@berth/contracts/rest/operation-route";
import { routeMembers } from "@berth/contracts/rest/route-members";
import type { RouteMembers } from "@berth/contracts/rest/route-members";
import { answers, jsonBody, pathParameter, queryParameter } from "./parts.ts";
import type { DocumentedRoute, Parameter } from "./parts.ts";

/** What the document says of an operation's route, out of the SDK's schemas. */
export function documentOperation(
  name: OperationRouteName,
  route: OperationRoute,
  components: EcsComponents,
): DocumentedRoute {
  const members = routeMembers(name, route);
  const structure = members.input.getName() ?? "";
  const required = new Set(requiredMembers(structure));
  const isWriting = !name.startsWith("GET ");
  return {
    summary: route.summary,
    description: `The operation \`${route.operation}\` of the ECS API, and its action in policies: \`ecs:${route.operation}\`.`,
    parameters: [
      ...[...members.path.keys()].map(pathParameter),
      ...queryParameters(members, components, required),
      ...(route.record && isWriting ? [IF_MATCH] : []),
    ],
    ...bodyOf(members, components, required),
    responses: answers(route.status ?? 200, answerOf(route, components), {
      isWriting,
      hasTag: route.record !== undefined,
    }),
  };
}

const IF_MATCH: Parameter = {
  name: "If-Match",
  in: "header",
  required: false,
  description: "ETags of the resource as the caller has seen it; 412 where it is another one now.",
  schema: { type: "string" },
};

function queryParameters(
  { input, query }: RouteMembers,
  components: EcsComponents,
  required: ReadonlySet<string>,
): readonly Parameter[] {
  return [...query].map(([name, { steps, schema }]) => {
    const [member = ""] = steps;
    const structure = input.getName() ?? "";
    const inner = components.member(structure, steps.at(-1) ?? "", schema);
    return queryParameter(name, inner, steps.length === 1 && required.has(member));
  });
}

function bodyOf(
  { input, body }: RouteMembers,
  components: EcsComponents,
  required: ReadonlySet<string>,
) {
  if (body.size === 0) return {};
  const inBody = [...required].filter((member) => body.has(member));
  const schema = components.object(input.getName() ?? "", body, inBody);
  return { requestBody: jsonBody(schema, inBody.length > 0) };
}

function answerOf({ operation, one }: OperationRoute, components: EcsComponents): JsonSchema {
  const { output } = schemasOf(operation);
  const structure = output.getName() ?? "";
  if (one) {
    const item = output.getMemberSchema(one.from).getValueSchema();
    return components.object(structure, new Map([[one.as, item]]), [one.as]);
  }
  const members = Array.from(
    output.structIterator(),
    ([name, schema]) => [name === "nextToken" ? "next" : name, schema] as const,
  );
  return components.object(structure, new Map(members), []);
}
