import { serializeError } from "@berth/contracts/ecs-api/serialize-response";
import { EcsError, HTTP_STATUS, isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { describeError } from "./log.ts";
import { problem } from "./problem.ts";
import type { Log } from "./log.ts";

/** How the two faces of the API say no: the ECS API in awsJson1.1, REST in RFC 9457. */
export type ErrorStyle = "awsJson" | "problem";

/** Whose answer it is. */
export interface FailedCall {
  readonly requestId: string;
  readonly path: string;
  readonly target: string | undefined;
}

/**
 * The one place where an error becomes an answer. A refusal says why; anything else is a fault of
 * ours: logged here, once, and answered without detail.
 */
export function toErrorResponse(
  error: unknown,
  style: ErrorStyle,
  { log, about }: { readonly log: Log; readonly about: FailedCall },
): APIGatewayProxyStructuredResultV2 {
  const refusal = isEcsError(error) && error.code !== "ServerException" ? error : undefined;
  if (!refusal) log.error("Request failed", { ...about, ...describeError(error) });
  const { code, message, members } = refusal ?? serverFault();
  return RENDER[style]({ code, message: shortened(message), members }, about);
}

/** A refusal may repeat what it refuses, and that be as long as a request. */
const MAX_MESSAGE_LENGTH = 2_000;

const shortened = (message: string): string =>
  message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}...`;

const serverFault = () =>
  new EcsError("ServerException", "Service Unavailable. Please try again later.");

type Render = (
  error: Pick<EcsError, "code" | "message" | "members">,
  about: FailedCall,
) => APIGatewayProxyStructuredResultV2;

const RENDER: Readonly<Record<ErrorStyle, Render>> = {
  awsJson: (error) => ({
    statusCode: HTTP_STATUS[error.code],
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: serializeError(error),
  }),
  problem,
};
