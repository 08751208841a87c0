import chain from "@middy/core";
import type { MiddlewareObj } from "@middy/core";
import type { CheckToken, TokenHolder } from "@berth/control-plane/access/check-token";
import type { Commands } from "@berth/control-plane/commands/command";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { createAnswerMemory, SIGNATURES } from "./answer-memory.ts";
import type { AnswerMemory } from "./answer-memory.ts";
import { callOperation } from "./ecs-operation.ts";
import { toErrorResponse } from "./error-response.ts";
import { json, jsonText } from "./json-response.ts";
import type { Log } from "./log.ts";
import { openApiDocument } from "./openapi/document.ts";
import { callOperationRoute } from "./operation-call.ts";
import { callOpen, callRaw, callSigned } from "./rest-call.ts";
import { createRestAnswers } from "./rest-once.ts";
import type { RestAnswers, RestCall } from "./rest-once.ts";
import { createRestRouter, parametersOf } from "./rest-routes.ts";
import type { FindRestRoute, RestMatch, RestRoutes } from "./rest-routes.ts";
import { authenticate, bodyOf } from "./signed-request.ts";
import type { Authentication, AuthenticRequest } from "./signed-request.ts";

export interface ApiDependencies {
  /** A plain object: each call gets a copy with its own identity. */
  readonly controlPlane: ControlPlane;
  /** Operations of the model without a command are answered as not there yet. */
  readonly commands: Partial<Commands>;
  readonly rest: RestRoutes;
  readonly findAccessKey: Authentication["findAccessKey"];
  readonly checkToken: CheckToken;
  readonly log: Log;
}

export type ApiHandler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Api = ApiDependencies & {
  readonly answers: AnswerMemory<string>;
  readonly restAnswers: RestAnswers;
  readonly findRestRoute: FindRestRoute;
  /** JSON of the OpenAPI document. */
  readonly document: () => string;
};

const REST_PREFIX = "/v1/";

/**
 * The public API behind an API Gateway HTTP API: `POST /` is the ECS API, `/v1/…` is REST, both
 * signed; `GET /healthz` and `GET /openapi.json` are open, and so is what REST says to be.
 */
export function createApiHandler(dependencies: ApiDependencies): ApiHandler {
  const now = () => dependencies.controlPlane.now();
  const api: Api = {
    ...dependencies,
    answers: createAnswerMemory(now, SIGNATURES),
    restAnswers: createRestAnswers(now),
    findRestRoute: createRestRouter(dependencies.rest),
    document: documentOnce(dependencies.commands),
  };
  const handler = chain<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(awsResponse(api.log))
    .handler((event) => route(api, event));
  return (event, context) => handler(event, context ?? ({} as Context));
}

/** It is long, and few ask for it: made at the first request. */
function documentOnce(commands: ApiDependencies["commands"]): () => string {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(openApiDocument(commands));
    return text;
  };
}

/** Names each answer by its request's id, and turns errors into answers. */
function awsResponse(
  log: Log,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    after: (request) => {
      request.response = withRequestId(request.event, request.response ?? {});
    },
    onError: (request) => {
      const { event, error } = request;
      const style = event.rawPath.startsWith(REST_PREFIX) ? "problem" : "awsJson";
      const about = {
        requestId: event.requestContext.requestId,
        path: event.rawPath,
        target: event.headers["x-amz-target"],
      };
      request.response = withRequestId(event, toErrorResponse(error, style, { log, about }));
    },
  };
}

function withRequestId(
  event: APIGatewayProxyEventV2,
  response: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  const headers = { ...response.headers, "x-amzn-requestid": event.requestContext.requestId };
  return { ...response, headers };
}

async function route(
  api: Api,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { method } = event.requestContext.http;
  switch (`${method} ${event.rawPath}`) {
    case "POST /":
      return answerOperation(api, event);
    case "GET /healthz":
      return json(200, { status: "ok" });
    case "GET /openapi.json":
      return jsonText(200, api.document());
  }
  const match = api.findRestRoute(method, event.rawPath, event.rawQueryString);
  if (match) return answerRest(api, event, match);
  if (event.rawPath.startsWith(REST_PREFIX)) throw noSuchRoute();
  return json(404, { message: "Not Found" });
}

const noSuchRoute = () =>
  new EcsError("UnknownOperationException", "There is no such method and path.");

async function answerOperation(
  api: Api,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { caller, body } = await authenticate(event, authenticationOf(api));
  const call = {
    target: event.headers["x-amz-target"],
    body,
    signature: caller.signature,
    context: commandContext(api, event, holderOf(caller)),
  };
  return {
    statusCode: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: await callOperation(call, api.commands, api.answers),
  };
}

async function answerRest(
  api: Api,
  event: APIGatewayProxyEventV2,
  { route, ...match }: RestMatch,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (route.kind === "open") {
    return callOpen(route, { event, parameters: parametersOf(match) }, api.controlPlane);
  }
  const { holder, signature, body } = await restCaller(api, event);
  const { requestContext, rawPath, headers } = event;
  const call: RestCall = { ...match, method: requestContext.http.method, rawPath, headers, body };
  const context = commandContext(api, event, holder);
  const known = { context, answers: api.restAnswers, ...defined({ signature }) };
  switch (route.kind) {
    case "operation":
      return callOperationRoute(route, call, known);
    case "raw":
      return callRaw(route, call, known);
    case "signed":
      return callSigned(route, call, known);
  }
}

interface RestAuthentication {
  readonly holder: TokenHolder;
  readonly signature?: string;
  readonly body: string;
}

/** Under `/v1` a bearer token will do, where the ECS API wants a signature. */
async function restCaller(api: Api, event: APIGatewayProxyEventV2): Promise<RestAuthentication> {
  const [, token] = /^bearer +(\S+) *$/i.exec(event.headers["authorization"] ?? "") ?? [];
  if (token !== undefined) {
    const body = bodyOf(event).toString("utf8");
    return { holder: await api.checkToken(token), body };
  }
  const { caller, body } = await authenticate(event, authenticationOf(api));
  return { holder: holderOf(caller), signature: caller.signature, body };
}

function authenticationOf({ findAccessKey, controlPlane }: Api): Authentication {
  return { findAccessKey, now: () => controlPlane.now() };
}

function holderOf({
  principalArn,
  permissions,
  isIssued,
  accessKeyId: id,
}: AuthenticRequest["caller"]): TokenHolder {
  return { principalArn, permissions, ...(isIssued && { credential: { kind: "accessKey", id } }) };
}

function commandContext(
  { controlPlane }: Api,
  event: APIGatewayProxyEventV2,
  holder: TokenHolder,
): CommandContext {
  const { requestId } = event.requestContext;
  return { ...controlPlane, requestId, ...holder };
}
