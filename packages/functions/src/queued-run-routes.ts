import { readRequest } from "@berth/contracts/ecs-api/parse-request";
import { waitForCapacityMember } from "@berth/contracts/rest/queued-runs";
import type { Access } from "@berth/control-plane/access/authorize";
import { authorizeRoles } from "@berth/control-plane/access/authorize-roles";
import { authorizeTags } from "@berth/control-plane/access/authorize-tags";
import { operationAccess } from "@berth/control-plane/access/operation-access";
import { clusterName } from "@berth/control-plane/commands/identifiers";
import { queueRun } from "@berth/control-plane/rest/queue-run";
import {
  cancelQueuedRun,
  getQueuedRun,
  listQueuedRuns,
} from "@berth/control-plane/rest/queued-runs";
import { clusterArn, type Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { readBody } from "./rest-call.ts";
import { opaque, readPage } from "./rest-page.ts";
import type { RestRequest, RestRoutes } from "./rest-routes.ts";

/** Policies name the cluster: ECS has no ARN for a run. */
const onCluster =
  (action: string) =>
  (scope: Scope, { parameters }: RestRequest): Access => {
    const cluster = clusterName(scope, parameters.cluster);
    return { action: `berth:${action}`, resources: [clusterArn(scope, cluster)], cluster };
  };

const named = ({ parameters: { id = "", cluster } }: RestRequest) => ({
  id,
  ...defined({ cluster }),
});

/** RunTask that waits for capacity: `POST /v1/tasks`, and then `/v1/queued-runs`. */
export const queuedRunRoutes: RestRoutes = {
  "POST /v1/tasks": {
    kind: "signed",
    status: 202,
    access: (_, { body }, context) =>
      operationAccess(context, "RunTask", readRequest("RunTask", body)),
    call: async (context, { body }) => {
      const { deadlineSeconds } = readBody(waitForCapacityMember, body).waitForCapacity;
      const run = readRequest("RunTask", body);
      await authorizeRoles(context, "RunTask", run);
      await authorizeTags(context, "RunTask", run);
      return queueRun(context, { run, deadlineSeconds });
    },
  },
  "GET /v1/queued-runs": {
    kind: "signed",
    access: onCluster("ListQueuedRuns"),
    call: async (context, { parameters }) => {
      const filter = defined({ cluster: parameters["cluster"] });
      return opaque(await listQueuedRuns(context, filter, readPage(parameters)));
    },
  },
  "GET /v1/queued-runs/:id": {
    kind: "signed",
    access: onCluster("GetQueuedRun"),
    call: (context, request) => getQueuedRun(context, named(request)),
  },
  "DELETE /v1/queued-runs/:id": {
    kind: "signed",
    status: 202,
    access: onCluster("CancelQueuedRun"),
    call: (context, request) => cancelQueuedRun(context, named(request)),
  },
};
