import { problemAnswer, validatedAnswer } from "@berth/contracts/rest/answers";
import { EcsComponents } from "@berth/contracts/rest/json-schema";
import type { JsonSchema } from "@berth/contracts/rest/json-schema";
import { parameterNames } from "@berth/contracts/rest/route-members";
import type { Commands } from "@berth/control-plane/commands/command";
import { defined } from "@berth/domain/defined";
import { z } from "zod";
import { carriedOut } from "../operation-routes.ts";
import { documentOperation } from "./operation-document.ts";
import { OWN_ROUTES } from "./own-routes.ts";
import type { OwnRoute } from "./own-routes.ts";
import { answers, jsonBody, pathParameter, queryParameter } from "./parts.ts";
import type { DocumentedRoute, Parameter } from "./parts.ts";

const INTRODUCTION = `Berth's REST API: the commands of the Amazon ECS API as resources and verbs, and
what ECS does not have. Members are ECS's own; times are RFC 3339. Show a bearer token, or sign with
AWS Signature Version 4 for the service \`ecs\`.`;

/** The OpenAPI document of `/v1`, made of the very schemas that requests are read with. */
export function openApiDocument(commands: Partial<Commands>): Readonly<Record<string, unknown>> {
  const components = new EcsComponents();
  const routes: readonly (readonly [string, DocumentedRoute])[] = [
    ...carriedOut(commands).map(
      ([name, route]) => [name, documentOperation(name, route, components)] as const,
    ),
    ...Object.entries(OWN_ROUTES).map(([name, route]) => [name, documentOwn(name, route)] as const),
  ];
  return {
    openapi: "3.1.0",
    info: { title: "Berth", version: "1", description: INTRODUCTION },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { signature: [] }],
    paths: pathsOf(routes),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: {
        ...components.schemas(),
        Problem: jsonSchema(problemAnswer),
        Validated: jsonSchema(validatedAnswer),
      },
    },
  };
}

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "Of `berth tokens create`." },
  signature: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "AWS Signature Version 4, with an access key of Berth's, for the service `ecs`.",
  },
};

function pathsOf(routes: readonly (readonly [string, DocumentedRoute])[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, { isOpen, ...route }] of routes) {
    const [method = "", path = ""] = name.split(" ");
    const parameters = [...route.parameters, ...(method === "GET" ? [] : WRITING)];
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: operationId(method, path),
        tags: [tagOf(path)],
        ...route,
        parameters: isOpen ? route.parameters : parameters,
        ...(isOpen && { security: [] }),
      },
    };
  }
  return paths;
}

/** What every call can be told that changes something. */
const WRITING: readonly Parameter[] = [
  {
    ...queryParameter("validateOnly", { type: "boolean" }, false),
    description: 'Check the call, do nothing, and answer `{"valid": true}`.',
  },
  {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "Calls of one caller with one key are done once; see the guide for how long.",
    schema: { type: "string", maxLength: 255 },
  },
];

/** Such as `getClustersClusterServices`. */
const operationId = (method: string, path: string): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z]+/)
    .slice(2)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** The resource: what comes last in the path of a cluster's, else what comes first. */
function tagOf(path: string): string {
  const [, , first = "", , second] = path.split("/");
  return first === "clusters" && second !== undefined ? second : first;
}

function documentOwn(name: string, route: OwnRoute): DocumentedRoute {
  const isWriting = !name.startsWith("GET ") && !route.isOpen;
  return {
    summary: route.summary,
    parameters: [...parameterNames(name).map(pathParameter), ...queryOf(route)],
    ...(route.body && { requestBody: jsonBody(jsonSchema(route.body), true) }),
    responses: answers(route.status ?? 200, route.answer && jsonSchema(route.answer), {
      isWriting,
      hasTag: false,
      ...defined({ otherType: route.otherType }),
    }),
    ...(route.isOpen !== undefined && { isOpen: route.isOpen }),
  };
}

function queryOf({ query }: OwnRoute): readonly Parameter[] {
  if (!query) return [];
  const { properties = {} } = jsonSchema(query) as { readonly properties?: object };
  return Object.entries(properties).map(([name, schema]) =>
    queryParameter(name, schema as JsonSchema, false),
  );
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}
