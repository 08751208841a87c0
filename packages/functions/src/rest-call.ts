import { checkAccess } from "@berth/control-plane/access/authorize";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { z } from "zod";
import type { AnswerMemory } from "./answer-memory.ts";
import { jsonText } from "./json-response.ts";
import type { OpenRoute, RestRequest, SignedRoute } from "./rest-routes.ts";
import { bodyOf } from "./signed-request.ts";

export interface SignedCall {
  readonly method: string;
  readonly parameters: RestRequest["parameters"];
  readonly body: string;
}

export interface SignedCaller {
  readonly context: CommandContext;
  readonly signature: string;
  readonly answers: AnswerMemory;
}

/**
 * Answers a call whose caller is known. What changes something is done once for each signature, as
 * with ECS's operations.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException, what the call throws
 */
export async function callSigned(
  route: SignedRoute,
  { method, parameters, body }: SignedCall,
  { context, signature, answers }: SignedCaller,
): Promise<APIGatewayProxyStructuredResultV2> {
  const request: RestRequest = { parameters, body: parseBody(body) };
  checkAccess(context, await route.access(context.scope, request, context));
  const answer = async () => textOf(await route.call(context, request));
  const text = await (method === "GET" ? answer() : answers.once(signature, answer));
  return jsonText(route.status ?? 200, text);
}

/** Strangers have little to say. */
const MAX_OPEN_BODY_BYTES = 16 * 1024;

export interface OpenCall {
  readonly event: APIGatewayProxyEventV2;
  readonly parameters: RestRequest["parameters"];
}

/** @throws EcsError InvalidParameterException, RequestEntityTooLargeException, what the call throws */
export async function callOpen(
  route: OpenRoute,
  { event, parameters }: OpenCall,
  controlPlane: ControlPlane,
): Promise<APIGatewayProxyStructuredResultV2> {
  const body = parseBody(bodyOf(event, MAX_OPEN_BODY_BYTES).toString("utf8"));
  return jsonText(200, textOf(await route.call(controlPlane, { parameters, body })));
}

/**
 * What a body says, checked.
 *
 * @throws EcsError InvalidParameterException, which repeats no value
 */
export function readBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const outcome = schema.safeParse(body);
  if (outcome.success) return outcome.data;
  const faults = outcome.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );
  throw invalid(`${faults.join("; ")}.`);
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  const body = parseJson(text);
  if (isDeeperThan(MAX_DEPTH, body)) throw invalid("The body is nested too deeply.");
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The body is not valid JSON.");
  }
}

/** Levels. What is printed again, as policies and planned requests are, would overflow the stack. */
const MAX_DEPTH = 64;

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each)));

const textOf = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
