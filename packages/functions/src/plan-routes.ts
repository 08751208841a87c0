import { parseApplyRequest, parsePlanRequest } from "@berth/contracts/rest/plan-request";
import type { Access } from "@berth/control-plane/access/authorize";
import { clusterName } from "@berth/control-plane/commands/identifiers";
import type { Alarms } from "@berth/control-plane/context";
import { clusterArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import { applyPlan } from "@berth/simulator/plan/apply-plan";
import { makePlan } from "@berth/simulator/plan/make-plan";
import type { RestRoutes } from "./rest-routes.ts";

/**
 * What would happen to a cluster: `/v1/plans`. Who applies a plan must also be allowed the operation
 * of ECS that it is.
 */
export const planRoutes = (alarms: Alarms): RestRoutes => ({
  "POST /v1/plans": {
    kind: "signed",
    access: (scope, { body }) => onCluster(scope, "CreatePlan", parsePlanRequest(body).cluster),
    call: (context, { body }) => makePlan({ ...context, alarms }, parsePlanRequest(body)),
  },
  "POST /v1/plans/apply": {
    kind: "signed",
    access: (scope, { body }) => onCluster(scope, "ApplyPlan", parseApplyRequest(body).cluster),
    call: (context, { body }) => applyPlan(context, parseApplyRequest(body)),
  },
});

function onCluster(scope: Scope, action: string, nameOrArn: string | undefined): Access {
  const cluster = clusterName(scope, nameOrArn);
  return { action: `berth:${action}`, resources: [clusterArn(scope, cluster)], cluster };
}
