import {
  ACCESS_LOG_RETENTION,
  API_THROTTLING,
  INSTANCE_ROLES,
  JOIN_THROTTLING,
} from "./defaults.ts";
import { entryFunction, LOOKING_AT_ALARMS } from "./edge.ts";
import type { EdgeParts, EntryFunction } from "./edge.ts";

/** Open to everybody, so it has a throttle of its own: a flood of strangers leaves the rest alone. */
const JOIN_ROUTE = "POST /v1/join";

/**
 * The public API. No route has an authoriser of API Gateway's: that one never sees the body which
 * SigV4 signs, and IAM's expects another service name than `ecs`. The function verifies; only the
 * health check, the OpenAPI document and joining are open.
 */
export function api(parts: EdgeParts) {
  const httpApi: sst.aws.ApiGatewayV2 = new sst.aws.ApiGatewayV2("HttpApi", {
    cors: false,
    accessLog: { retention: ACCESS_LOG_RETENTION },
    transform: {
      // The default stage: a named one would stand before the path that is signed.
      stage: {
        defaultRouteSettings: API_THROTTLING,
        // SST makes the stage before the routes, and AWS refuses settings of a route that is not
        // there: the stage waits for what the route tells.
        routeSettings: [
          {
            routeKey: $output(Promise.resolve().then(() => joinRoute)).apply(
              (made) => made.routeKey,
            ),
            ...JOIN_THROTTLING,
          },
        ],
      },
    },
  });
  const apiFunction = entryFunction("api", parts, {
    permissions: [parts.keys.sealing, LOOKING_AT_ALARMS],
    environment: {
      // What instances call it is what they dial.
      BERTH_INSTALLATION: httpApi.url.apply((url) => new URL(url).host),
      BERTH_INSTANCE_ROLES: instanceRoleArns(),
    },
  });
  for (const route of ["POST /", "ANY /v1/{proxy+}", "GET /openapi.json", "GET /healthz"]) {
    httpApi.route(route, apiFunction.fn.arn);
  }
  const referenceFunction = reference(parts);
  for (const route of ["GET /reference", "GET /reference/{file}"]) {
    httpApi.route(route, referenceFunction.fn.arn);
  }
  const { route: joinRoute } = httpApi.route(JOIN_ROUTE, apiFunction.fn.arn).nodes;
  return { httpApi, apiFunction, referenceFunction };
}

/** Below the directory of the function. */
const SWAGGER_UI = "swagger-ui";

/** The page is public, and its function may do nothing: Swagger UI's files lie beside its bundle. */
const reference = (parts: EdgeParts): EntryFunction =>
  entryFunction("reference", parts, {
    environment: { BERTH_SWAGGER_UI: SWAGGER_UI },
    copyFiles: ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"].map((file) => ({
      from: `node_modules/swagger-ui-dist/${file}`,
      to: `${SWAGGER_UI}/${file}`,
    })),
  });

function instanceRoleArns() {
  const { partition } = aws.getPartitionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const names = INSTANCE_ROLES.map((each) => `${each}-${$app.stage}`);
  return $util
    .all([partition, accountId])
    .apply(([name, account]) =>
      names.map((role) => `arn:${name}:iam::${account}:role/${role}`).join(","),
    );
}
