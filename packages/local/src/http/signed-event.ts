import { type VerifyOptions, verifySignature } from "@berth/contracts/sigv4";
import { type EcsError, isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What an embedded service has against the signature of a request, or undefined where it is good. */
export async function whyUnsigned(
  event: APIGatewayProxyEventV2,
  options: VerifyOptions,
): Promise<EcsError | undefined> {
  const request = {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: event.headers,
    body: bodyOf(event),
  };
  try {
    await verifySignature(request, options);
    return undefined;
  } catch (error) {
    if (isEcsError(error)) return error;
    throw error;
  }
}

/** The body as it was sent. */
export function bodyOf(event: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}
