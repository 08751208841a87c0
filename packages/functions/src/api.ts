import chain from "@middy/core";
import type { MiddlewareObj } from "@middy/core";
import type { Commands } from "@berth/control-plane/commands/command";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import type { Caller } from "@berth/contracts/sigv4";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { createAnswerMemory } from "./answer-memory.ts";
import type { AnswerMemory } from "./answer-memory.ts";
import { callOperation } from "./ecs-operation.ts";
import { toErrorResponse } from "./error-response.ts";
import type { Log } from "./log.ts";
import { createRestRouter } from "./rest-routes.ts";
import type { FindRestCall, RestMatch, RestRoutes } from "./rest-routes.ts";
import { authenticate } from "./signed-request.ts";
import type { Authentication } from "./signed-request.ts";

export interface ApiDependencies {
  /** A plain object: each call gets a copy with its own identity. */
  readonly controlPlane: ControlPlane;
  /** Operations of the model without a command are answered as not there yet. */
  readonly commands: Partial<Commands>;
  readonly rest: RestRoutes;
  readonly findAccessKey: Authentication["findAccessKey"];
  readonly log: Log;
}

export type ApiHandler = (
  event: APIGatewayProxyEventV2,
  context?: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Api = ApiDependencies & {
  readonly answers: AnswerMemory;
  readonly findRestCall: FindRestCall;
};

const REST_PREFIX = "/v1/";

/**
 * The public API behind an API Gateway HTTP API: `POST /` is the ECS API, `/v1/…` is REST, both
 * signed; `GET /healthz` is open.
 */
export function createApiHandler(dependencies: ApiDependencies): ApiHandler {
  const api: Api = {
    ...dependencies,
    answers: createAnswerMemory(() => dependencies.controlPlane.now()),
    findRestCall: createRestRouter(dependencies.rest),
  };
  const handler = chain<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(awsResponse(api.log))
    .handler((event) => route(api, event));
  return (event, context) => handler(event, context ?? ({} as Context));
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
  }
  const match = api.findRestCall(method, event.rawPath, event.rawQueryString);
  return match ? answerRest(api, event, match) : json(404, { message: "Not Found" });
}

async function answerOperation(
  api: Api,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { caller, body } = await authenticate(event, authenticationOf(api));
  const call = {
    target: event.headers["x-amz-target"],
    body,
    signature: caller.signature,
    context: commandContext(api, event, caller),
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
  { call, parameters }: RestMatch,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { caller, body } = await authenticate(event, authenticationOf(api));
  const answer = async () =>
    JSON.stringify(await call(commandContext(api, event, caller), parameters, body));
  const isRead = event.requestContext.http.method === "GET";
  return jsonText(200, isRead ? await answer() : await api.answers.once(caller.signature, answer));
}

function authenticationOf({ findAccessKey, controlPlane }: Api): Authentication {
  return { findAccessKey, now: () => controlPlane.now() };
}

function commandContext(
  { controlPlane }: Api,
  event: APIGatewayProxyEventV2,
  { principalArn }: Caller,
): CommandContext {
  return { ...controlPlane, requestId: event.requestContext.requestId, principalArn };
}

const json = (statusCode: number, value: unknown): APIGatewayProxyStructuredResultV2 =>
  jsonText(statusCode, JSON.stringify(value));

function jsonText(statusCode: number, body: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": "application/json" }, body };
}
