import { clusterName, taskId } from "@berth/control-plane/commands/identifiers";
import { explainTask } from "@berth/control-plane/rest/explain-task";
import { taskArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { RestRoutes } from "./rest-routes.ts";

/** What the ECS API does not tell of tasks: `/v1/tasks`. */
export const taskRoutes: RestRoutes = {
  "GET /v1/tasks/:task/explain": {
    kind: "signed",
    access: (scope, { parameters }) => {
      const cluster = clusterName(scope, parameters.cluster);
      const id = taskId(scope, cluster, parameters.task ?? "");
      return {
        action: "berth:ExplainTask",
        resources: [taskArn(scope, cluster, id)],
        cluster,
      };
    },
    call: (context, { parameters: { task = "", cluster } }) =>
      explainTask(context, { task, ...defined({ cluster }) }),
  },
};
