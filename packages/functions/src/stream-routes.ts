import { execBody, logsBody, portForwardBody } from "@berth/contracts/rest/streams";
import { clusterName, taskId } from "@berth/control-plane/commands/identifiers";
import { askForExec, askForLogs, askForPort } from "@berth/control-plane/streams/ask-stream";
import { streamAccess } from "@berth/control-plane/streams/stream-access";
import { defined } from "@berth/domain/defined";
import type { StreamRequest } from "@berth/domain/stream-session";
import { readBody } from "./rest-call.ts";
import type { RestRequest, RestRoutes, SignedRoute } from "./rest-routes.ts";

const onTask =
  (kind: StreamRequest["kind"]): SignedRoute["access"] =>
  (scope, { parameters }) => {
    const cluster = clusterName(scope, parameters["cluster"]);
    return streamAccess(scope, kind, {
      cluster,
      taskId: taskId(scope, cluster, parameters["task"] ?? ""),
    });
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
    access: onTask("exec"),
    call: (context, request) =>
      askForExec(context, taskOf(request), readBody(execBody, request.body)),
  },
  "POST /v1/tasks/:task/logs": {
    kind: "signed",
    status: 201,
    access: onTask("logs"),
    call: (context, request) =>
      askForLogs(context, taskOf(request), readBody(logsBody, request.body ?? {})),
  },
  "POST /v1/tasks/:task/port-forward": {
    kind: "signed",
    status: 201,
    access: onTask("portForward"),
    call: (context, request) =>
      askForPort(context, taskOf(request), readBody(portForwardBody, request.body)),
  },
};
