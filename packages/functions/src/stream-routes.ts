import { execBody, logsBody, portForwardBody } from "@berth/contracts/rest/streams";
import { clusterName, taskId } from "@berth/control-plane/commands/identifiers";
import { askForExec, askForLogs, askForPort } from "@berth/control-plane/streams/ask-stream";
import { taskArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { readBody } from "./rest-call.ts";
import type { RestRequest, RestRoutes, SignedRoute } from "./rest-routes.ts";

/** To one task, whatever its container. */
const onTask =
  (action: string): SignedRoute["access"] =>
  (scope, { parameters }) => {
    const cluster = clusterName(scope, parameters["cluster"]);
    const id = taskId(scope, cluster, parameters["task"] ?? "");
    return { action, resources: [taskArn(scope, cluster, id)], cluster };
  };

const taskOf = ({ parameters: { task = "", cluster } }: RestRequest) => ({
  task,
  ...defined({ cluster }),
});

/** Sessions that lead into containers: what is asked for here is dialled for at a socket (ADR 0038). */
export const streamRoutes: RestRoutes = {
  "POST /v1/tasks/:task/exec": {
    kind: "signed",
    status: 201,
    access: onTask("ecs:ExecuteCommand"),
    call: (context, request) =>
      askForExec(context, taskOf(request), readBody(execBody, request.body)),
  },
  "POST /v1/tasks/:task/logs": {
    kind: "signed",
    status: 201,
    access: onTask("berth:GetTaskLogs"),
    call: (context, request) =>
      askForLogs(context, taskOf(request), readBody(logsBody, request.body ?? {})),
  },
  "POST /v1/tasks/:task/port-forward": {
    kind: "signed",
    status: 201,
    access: onTask("berth:ForwardTaskPort"),
    call: (context, request) =>
      askForPort(context, taskOf(request), readBody(portForwardBody, request.body)),
  },
};
