import type { Deployment } from "../deployment.ts";

/** The gateways' routes, all of them to one function each: that verifies who calls. */
export function routesOf(deployment: Deployment, api: string): readonly string[] {
  return deployment
    .all("apigatewayv2/route:Route")
    .filter(({ inputs }) => inputs.apiId === `${api}Api-id`)
    .map(({ inputs }) => String(inputs.routeKey))
    .toSorted();
}
