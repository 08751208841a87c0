import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import { readRequest } from "@berth/contracts/ecs-api/parse-request";
import { restResponse } from "@berth/contracts/ecs-api/serialize-response";
import type { IdOf, OneOf } from "@berth/contracts/rest/operation-route";
import { requestMembers } from "@berth/contracts/rest/request-members";
import { authorizeOperation } from "@berth/control-plane/access/authorize-operation";
import { clusterName } from "@berth/control-plane/commands/identifiers";
import type { CommandContext } from "@berth/control-plane/context";
import { guardRecord, recordNamed } from "@berth/control-plane/rest/guard-record";
import { validateOnly } from "@berth/control-plane/rest/validate-only";
import { serviceDeploymentArn, serviceRevisionArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import { EcsError, isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { entityTag, expectedVersions } from "./entity-tag.ts";
import { json } from "./json-response.ts";
import { isToBeValidated, parseBody, refuseIfMatch } from "./rest-call.ts";
import { idempotencyKey, once } from "./rest-once.ts";
import type { RestCall, RestCaller } from "./rest-once.ts";
import type { OperationRestRoute } from "./rest-routes.ts";

type Request = EcsRequest<EcsOperationName>;

/**
 * Answers a call of an operation's route: the very command that the ECS API calls, asked for by the
 * same names, with the answer's members as REST has them.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException, PreconditionFailedException, what the command throws
 */
export async function callOperationRoute(
  called: OperationRestRoute,
  call: RestCall,
  caller: RestCaller,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { context } = caller;
  const { request, hasToken } = readCall(called, call, context.scope);
  await authorizeOperation(context, called.operation, request);
  const carryOut = (acting: CommandContext) => answerOf(called, { call, request }, acting);
  if (isToBeValidated(call)) return json(200, await validateOnly(context, carryOut));
  // A key that is the operation's own token needs no memory of ours.
  const { "idempotency-key": _, ...headers } = call.headers;
  return once(hasToken ? { ...call, headers } : call, caller, () => carryOut(context));
}

function readCall({ operation, members }: OperationRestRoute, call: RestCall, scope: Scope) {
  const { path, query } = call;
  const parts = { path, query, body: parseBody(call.body) };
  const given = requestMembers(members, parts, (...id) => nameOf(scope, ...id));
  const key = idempotencyKey(call);
  const hasToken = key !== undefined && members.body.has("clientToken");
  if (!hasToken) return { request: readRequest(operation, given), hasToken };
  if ((given["clientToken"] ?? key) !== key) {
    throw invalid("clientToken: is not the Idempotency-Key; one of them will do.");
  }
  return { request: readRequest(operation, { ...given, clientToken: key }), hasToken };
}

function nameOf(scope: Scope, idOf: IdOf, id: string, path: RestCall["path"]): string {
  const service = { cluster: clusterName(scope, path["cluster"]), name: path["service"] ?? "" };
  switch (idOf) {
    case "service-deployment":
      return serviceDeploymentArn(scope, service, id);
    case "service-revision":
      return serviceRevisionArn(scope, service, id);
    case "task-set":
      return `ecs-svc/${id}`;
  }
}

async function answerOf(
  { operation, route, command }: OperationRestRoute,
  { call, request }: { readonly call: RestCall; readonly request: Request },
  context: CommandContext,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (!route.record) refuseIfMatch(call);
  const guard =
    route.record &&
    guardRecord(
      context.store,
      recordNamed(context.scope, route.record, call.path),
      expectedVersions(call.headers["if-match"]),
    );
  const store = guard?.store ?? context.store;
  const response = await sayingAbsent(route.absentAs, () =>
    command({ ...context, store }, request),
  );
  const members = restResponse(operation, response);
  const answer = json(route.status ?? 200, route.one ? oneOf(route.one, members) : page(members));
  const version = guard?.version();
  return version === undefined ? answer : withTag(answer, version);
}

/** ECS has a code for some things that are not there which says less than that. */
async function sayingAbsent<T>(code: string | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isEcsError(error) || error.code !== code) throw error;
    throw new EcsError("ResourceNotFoundException", error.message, error.members);
  }
}

interface Failure {
  readonly arn?: string;
  readonly reason?: string;
  readonly detail?: string;
}

type Members = Readonly<Record<string, unknown>>;

function oneOf({ from, as, absent }: OneOf, members: Members): Members {
  const [one] = members[from] as readonly unknown[];
  if (one !== undefined) return { [as]: one };
  const [failure = {}] = (members["failures"] ?? []) as readonly Failure[];
  const { arn = as, reason = "MISSING", detail } = failure;
  const text = `${arn}: ${reason}${detail === undefined ? "" : `, ${detail}`}.`;
  throw new EcsError(reason === "MISSING" ? absent : "ConflictException", text);
}

/** A list names the next page as REST does. */
function page({ nextToken, ...members }: Members): Members {
  return nextToken === undefined ? members : { ...members, next: nextToken };
}

const withTag = (answer: APIGatewayProxyStructuredResultV2, version: number) => ({
  ...answer,
  headers: { ...answer.headers, etag: entityTag(version) },
});

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
