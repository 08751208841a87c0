import { clusterName, serviceName } from "@berth/control-plane/commands/identifiers";
import { explainService } from "@berth/control-plane/rest/explain-service";
import { serviceArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { Alarms } from "@berth/control-plane/context";
import type { RestRoutes } from "./rest-routes.ts";

/** What the ECS API does not tell of services: `/v1/services`. */
export const serviceRoutes = (alarms: Alarms): RestRoutes => ({
  "GET /v1/services/:service/explain": {
    kind: "signed",
    access: (scope, { parameters }) => {
      const cluster = clusterName(scope, parameters.cluster);
      const name = serviceName(scope, cluster, parameters.service ?? "");
      return {
        action: "berth:ExplainService",
        resources: [serviceArn(scope, cluster, name)],
        cluster,
      };
    },
    call: (context, { parameters: { service = "", cluster } }) =>
      explainService({ ...context, alarms }, { service, ...defined({ cluster }) }),
  },
});
