import { VALIDATE_ONLY } from "@berth/contracts/rest/request-members";
import { checkAccess } from "@berth/control-plane/access/authorize";
import type { ControlPlane } from "@berth/control-plane/context";
import { validateOnly } from "@berth/control-plane/rest/validate-only";
import { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { z } from "zod";
import { json, jsonText } from "./json-response.ts";
import { once } from "./rest-once.ts";
import type { RestCall, RestCaller } from "./rest-once.ts";
import { parametersOf } from "./rest-routes.ts";
import type { OpenRoute, RawRoute, RestRequest, SignedRoute } from "./rest-routes.ts";
import { bodyOf } from "./signed-request.ts";

/**
 * Answers a call whose caller is known. What changes something is done once for each signature, as
 * with ECS's operations, or for each `Idempotency-Key`.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException, what the call throws
 */
export async function callSigned(
  route: SignedRoute,
  call: RestCall,
  caller: RestCaller,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { context } = caller;
  const request: RestRequest = { parameters: parametersOf(call), body: parseBody(call.body) };
  refuseIfMatch(call);
  checkAccess(context, await route.access(context.scope, request, context));
  if (isToBeValidated(call)) {
    return json(200, await validateOnly(context, (checked) => route.call(checked, request)));
  }
  return once(call, caller, async () =>
    jsonText(route.status ?? 200, textOf(await route.call(context, request))),
  );
}

/** @throws EcsError AccessDeniedException, InvalidParameterException, what the call throws */
export async function callRaw(
  route: RawRoute,
  call: RestCall,
  { context }: RestCaller,
): Promise<APIGatewayProxyStructuredResultV2> {
  refuseIfMatch(call);
  const request = { parameters: parametersOf(call), body: parseBody(call.body) };
  checkAccess(context, await route.access(context.scope, request, context));
  return route.call(context, call);
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
  if (parameters[VALIDATE_ONLY] !== undefined) throw invalid("This call cannot be validated only.");
  const body = parseBody(bodyOf(event, MAX_OPEN_BODY_BYTES).toString("utf8"));
  return jsonText(200, textOf(await route.call(controlPlane, { parameters, body })));
}

/**
 * Whether the call is to change nothing, and to be told whether it could.
 *
 * @throws EcsError InvalidParameterException
 */
export function isToBeValidated({ method, query }: Pick<RestCall, "method" | "query">): boolean {
  const text = query.get(VALIDATE_ONLY) ?? "false";
  if (text !== "true" && text !== "false") throw invalid("validateOnly: must be true or false.");
  return text === "true" && method !== "GET";
}

/**
 * A precondition that nobody checks would be worse than none.
 *
 * @throws EcsError InvalidParameterException
 */
export function refuseIfMatch({ headers }: Pick<RestCall, "headers">): void {
  if (headers["if-match"] === undefined) return;
  throw invalid("If-Match: this call is about nothing that has an ETag.");
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

/** @throws EcsError InvalidParameterException */
export function parseBody(text: string): unknown {
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
