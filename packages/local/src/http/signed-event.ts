import {
  type AccessKey,
  type Caller,
  type VerifyOptions,
  verifySignature,
} from "@berth/contracts/sigv4";
import { type EcsError, isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What an embedded service has against the signature of a request, or undefined where it is good. */
export async function whyUnsigned(
  event: APIGatewayProxyEventV2,
  options: VerifyOptions,
): Promise<EcsError | undefined> {
  const caller = await callerOf(event, options);
  return isEcsError(caller) ? caller : undefined;
}

/** Who has signed a request to an embedded service, or what is wrong with the signature. */
export async function callerOf<Key extends AccessKey>(
  event: APIGatewayProxyEventV2,
  options: VerifyOptions<Key>,
): Promise<Caller<Key> | EcsError> {
  const request = {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: event.headers,
    body: bodyOf(event),
  };
  try {
    return await verifySignature(request, options);
  } catch (error) {
    if (isEcsError(error)) return error;
    throw error;
  }
}

/** The service that a request says it is signed for, such as `s3`. */
export const signedService = (headers: APIGatewayProxyEventV2["headers"]): string | undefined =>
  /Credential=[^/\s]*\/\d{8}\/[^/\s]*\/([a-z0-9-]+)\/aws4_request/.exec(
    headers["authorization"] ?? "",
  )?.[1];

/** The body as it was sent. */
export function bodyOf(event: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}
