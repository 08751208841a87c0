import { clusterName, taskId } from "@berth/control-plane/commands/identifiers";
import { taskArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { RestRequest, SignedRoute } from "./rest-routes.ts";

/** To do this to the one task of the path, whatever its container. */
export const onOneTask =
  (action: string): SignedRoute["access"] =>
  (scope, { parameters }) => {
    const cluster = clusterName(scope, parameters["cluster"]);
    const id = taskId(scope, cluster, parameters["task"] ?? "");
    return { action, resources: [taskArn(scope, cluster, id)], cluster };
  };

/** The task of the path, as commands name it. */
export const taskNamed = ({ parameters: { task = "", cluster } }: RestRequest) => ({
  task,
  ...defined({ cluster }),
});
