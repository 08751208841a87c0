import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, whyUnsigned } from "../http/signed-event.ts";

export interface ManagementApiOptions {
  readonly findAccessKey: VerifyOptions["findAccessKey"];
  readonly now: () => number;
  readonly push: (connectionId: string, text: string) => Promise<"sent" | "gone">;
  readonly close: (connectionId: string) => Promise<"closed" | "gone">;
}

const CONNECTION_PATH = /^\/@connections\/([^/]+)$/;

/**
 * API Gateway's management API, as far as Berth uses it: `POST /@connections/{id}` pushes the body to
 * a connection, `DELETE` ends it, and both answer 410 where there is none. Signed for `execute-api`,
 * as on AWS.
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
    const encoded = CONNECTION_PATH.exec(event.rawPath)?.[1];
    if (encoded === undefined) return failure(404, "NotFoundException");
    const connectionId = decodeURIComponent(encoded);
    switch (event.requestContext.http.method) {
      case "POST": {
        const outcome = await options.push(connectionId, bodyOf(event).toString("utf8"));
        return outcome === "sent" ? { statusCode: 200 } : failure(410, "GoneException");
      }
      case "DELETE": {
        const outcome = await options.close(connectionId);
        return outcome === "closed" ? { statusCode: 204 } : failure(410, "GoneException");
      }
      default:
        return failure(404, "NotFoundException");
    }
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
