import { type VerifyOptions, verifySignature } from "@berth/contracts/sigv4";
import { isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "../http/listener.ts";

export interface ManagementApiOptions {
  readonly findAccessKey: VerifyOptions["findAccessKey"];
  readonly now: () => number;
  readonly push: (connectionId: string, text: string) => Promise<"sent" | "gone">;
}

const PUSH_PATH = /^\/@connections\/([^/]+)$/;

/**
 * API Gateway's management API, as far as Berth uses it: `POST /@connections/{id}` pushes the body to
 * a connection and answers 410 where there is none. Signed for `execute-api`, as on AWS.
 */
export function createManagementApi(options: ManagementApiOptions): HttpHandler {
  return async (event) => {
    const refusal = await refuseUnsigned(options, event);
    if (refusal) return refusal;
    const connectionId = PUSH_PATH.exec(event.rawPath)?.[1];
    const isPush = connectionId !== undefined && event.requestContext.http.method === "POST";
    if (!isPush) return failure(404, "NotFoundException");
    const text = bodyOf(event).toString("utf8");
    const outcome = await options.push(decodeURIComponent(connectionId), text);
    return outcome === "sent" ? { statusCode: 200 } : failure(410, "GoneException");
  };
}

async function refuseUnsigned(
  { findAccessKey, now }: ManagementApiOptions,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
  const request = {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: event.headers,
    body: bodyOf(event),
  };
  try {
    await verifySignature(request, { findAccessKey, now: now(), service: "execute-api" });
    return undefined;
  } catch (error) {
    if (isEcsError(error)) return failure(403, "ForbiddenException", error.message);
    throw error;
  }
}

function bodyOf(event: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

/** The SDK takes the error's name from the header. */
function failure(
  statusCode: number,
  name: string,
  message = name,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { "content-type": "application/json", "x-amzn-errortype": name },
    body: JSON.stringify({ message }),
  };
}
