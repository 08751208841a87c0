import { ACCESS_LOG_RETENTION, API_THROTTLING } from "./defaults.ts";
import { entryFunction } from "./edge.ts";
import type { EdgeParts } from "./edge.ts";

/**
 * The public API. No route has an authoriser of API Gateway's: that one never sees the body which
 * SigV4 signs, and IAM's expects another service name than `ecs`. The function verifies; only the
 * health check is open.
 */
export function api(parts: EdgeParts) {
  const httpApi = new sst.aws.ApiGatewayV2("HttpApi", {
    cors: false,
    accessLog: { retention: ACCESS_LOG_RETENTION },
    transform: {
      // The default stage: a named one would stand before the path that is signed.
      stage: { defaultRouteSettings: API_THROTTLING },
    },
  });
  const apiFunction = entryFunction("api", parts);
  for (const route of ["POST /", "ANY /v1/{proxy+}", "GET /healthz"]) {
    httpApi.route(route, apiFunction.fn.arn);
  }
  return { httpApi, apiFunction };
}
