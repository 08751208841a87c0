import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, whyUnsigned } from "../http/signed-event.ts";

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
    const { findAccessKey, now } = options;
    const refusal = await whyUnsigned(event, {
      findAccessKey,
      now: now(),
      service: "execute-api",
    });
    if (refusal) return failure(403, "ForbiddenException", refusal.message);
    const connectionId = PUSH_PATH.exec(event.rawPath)?.[1];
    const isPush = connectionId !== undefined && event.requestContext.http.method === "POST";
    if (!isPush) return failure(404, "NotFoundException");
    const text = bodyOf(event).toString("utf8");
    const outcome = await options.push(decodeURIComponent(connectionId), text);
    return outcome === "sent" ? { statusCode: 200 } : failure(410, "GoneException");
  };
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
