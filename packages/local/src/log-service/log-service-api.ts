import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { verifySignature } from "@berth/contracts/sigv4";
import { checkAccess } from "@berth/control-plane/access/authorize";
import type { FindAccessKey } from "@berth/control-plane/access/find-access-key";
import { EcsError, HTTP_STATUS, isEcsError } from "@berth/domain/errors";
import { describeError, type Log } from "@berth/functions/log";
import { readBody } from "../http/body.ts";
import { joinedHeaders, splitUrl } from "../http/proxy-event.ts";
import { LOGS_TARGET } from "./logs-target.ts";
import { FILTER_LOG_EVENTS } from "./operations/filter-log-events.ts";
import { GET_LOG_EVENTS } from "./operations/get-log-events.ts";
import { GROUP_OPERATIONS } from "./operations/groups.ts";
import { groupArn, type LogResource, type OperationContext } from "./operations/operation.ts";
import { PUT_LOG_EVENTS } from "./operations/put-log-events.ts";
import { STREAM_OPERATIONS } from "./operations/streams.ts";
import { LogsRefusal } from "./refusal.ts";

export interface LogServiceOptions extends OperationContext {
  readonly findAccessKey: FindAccessKey;
  readonly log: Log;
}

const OPERATIONS = new Map([
  ...GROUP_OPERATIONS,
  ...STREAM_OPERATIONS,
  ["PutLogEvents", PUT_LOG_EVENTS],
  ["GetLogEvents", GET_LOG_EVENTS],
  ["FilterLogEvents", FILTER_LOG_EVENTS],
]);

/** A batch holds 1 MiB, of which JSON makes several where it has to be escaped. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** CloudWatch Logs as far as one machine has it: groups, streams and events, with AWS's checks and for the same access keys. */
export function createLogServiceApi(options: LogServiceOptions): RequestListener {
  return (request, response) => {
    answer(options, request)
      .catch((error: unknown) => failure(options.log, error))
      .then((given) => write(response, given))
      .catch(() => response.destroy());
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(options: LogServiceOptions, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request, MAX_REQUEST_BYTES);
  if (body === "tooLarge") {
    throw new EcsError("RequestEntityTooLargeException", "The request body is too large.");
  }
  const { rawPath: path, rawQueryString: query } = splitUrl(request.url ?? "/");
  const headers = joinedHeaders(request);
  const caller = await verifySignature(
    { method: request.method ?? "", path, query, headers, body },
    { findAccessKey: options.findAccessKey, now: options.now(), service: "logs" },
  );
  const name = headers["x-amz-target"]?.slice(LOGS_TARGET.length) ?? "";
  const operation = OPERATIONS.get(name);
  if (!operation) throw missingOperation(name);
  const scope = { region: options.region, account: options.account };
  const authorize = (resource: LogResource) =>
    checkAccess(
      { ...caller, scope },
      { action: `logs:${name}`, resources: [resourceArn(options, resource)] },
    );
  return { status: 200, body: operation(options, body.toString("utf8"), authorize) };
}

/** As IAM is asked: what is done to a group is done to its streams, without a name. */
const resourceArn = (context: OperationContext, { group = "", stream = "" }: LogResource): string =>
  `${groupArn(context, group)}:log-stream:${stream}`;

function missingOperation(name: string): LogsRefusal {
  return name === "StartLiveTail"
    ? new LogsRefusal(
        "InvalidOperationException",
        "One machine has no live tail sessions: follow with FilterLogEvents, as `aws logs tail --follow` does.",
      )
    : new LogsRefusal(
        "UnknownOperationException",
        `The log service of one machine does not have the operation ${name}.`,
      );
}

function failure(log: Log, error: unknown): Answer {
  if (error instanceof LogsRefusal) return refusal(400, error.code, error.message);
  if (isEcsError(error)) return refusal(HTTP_STATUS[error.code], error.code, error.message);
  log.error("A request for logs failed", describeError(error));
  return refusal(500, "ServiceUnavailableException", "The service cannot complete the request.");
}

const refusal = (status: number, type: string, message: string): Answer => ({
  status,
  body: { __type: type, message },
});

function write(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.1",
    "content-length": Buffer.byteLength(text),
    "x-amzn-requestid": randomUUID(),
    // What was not read of a request would be taken for the next one.
    ...(status === HTTP_STATUS.RequestEntityTooLargeException && { connection: "close" }),
  });
  response.end(text);
}
