import type { SignedRequest } from "@berth/contracts/canonical-request";
import { verifySignature } from "@berth/contracts/sigv4";
import type { Caller } from "@berth/contracts/sigv4";
import type { Credential, FindAccessKey } from "@berth/control-plane/access/find-access-key";
import { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What the edge needs to know whose request it is. */
export interface Authentication {
  readonly findAccessKey: FindAccessKey;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Lambda's limit for an invocation's payload, and so for a body. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** A request whose caller is known. */
export interface AuthenticRequest {
  readonly caller: Caller<Credential>;
  readonly body: string;
}

/** @throws EcsError RequestEntityTooLargeException, or what `verifySignature` throws */
export async function authenticate(
  event: APIGatewayProxyEventV2,
  { findAccessKey, now }: Authentication,
): Promise<AuthenticRequest> {
  const body = bodyOf(event);
  const caller = await verifySignature(toSignedRequest(event, body), { findAccessKey, now: now() });
  return { caller, body: body.toString("utf8") };
}

/**
 * A body as it was sent.
 *
 * @throws EcsError RequestEntityTooLargeException
 */
export function bodyOf(event: APIGatewayProxyEventV2, maxBytes = MAX_BODY_BYTES): Buffer {
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (body.length > maxBytes) {
    throw new EcsError("RequestEntityTooLargeException", "The request body is too large.");
  }
  return body;
}

function toSignedRequest(event: APIGatewayProxyEventV2, body: Buffer): SignedRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: event.headers,
    body,
  };
}
