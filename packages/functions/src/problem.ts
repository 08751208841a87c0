import { restStatus } from "@berth/contracts/rest/problem";
import type { Problem } from "@berth/contracts/rest/problem";
import type { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** A refusal as REST says it: RFC 9457, with ECS's code and the request's id besides. */
export function problem(
  { code, message, members }: Pick<EcsError, "code" | "message" | "members">,
  { requestId, path }: { readonly requestId: string; readonly path: string },
): APIGatewayProxyStructuredResultV2 {
  const status = restStatus(code);
  const body: Problem = {
    ...members,
    type: `urn:berth:problem:${code}`,
    title: code,
    status,
    detail: message,
    instance: path,
    code,
    requestId,
  };
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      // Source: RFC 9110, 11.6.1: a 401 names what would do.
      ...(status === 401 && { "www-authenticate": 'Bearer realm="berth", AWS4-HMAC-SHA256' }),
    },
    body: JSON.stringify(body),
  };
}
