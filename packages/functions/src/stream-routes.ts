import { execBody, logsBody, portForwardBody } from "@berth/contracts/rest/streams";
import { askForExec, askForLogs, askForPort } from "@berth/control-plane/streams/ask-stream";
import { STREAM_ACTIONS } from "@berth/control-plane/streams/stream-access";
import { readBody } from "./rest-call.ts";
import type { RestRoutes } from "./rest-routes.ts";
import { onOneTask, taskNamed } from "./task-access.ts";

/** Sessions that lead into containers: what is asked for here is dialled for at a socket (ADR 0038). */
export const streamRoutes: RestRoutes = {
  "POST /v1/tasks/:task/exec": {
    kind: "signed",
    status: 201,
    access: onOneTask(STREAM_ACTIONS.exec),
    call: (context, request) =>
      askForExec(context, taskNamed(request), readBody(execBody, request.body)),
  },
  "POST /v1/tasks/:task/logs": {
    kind: "signed",
    status: 201,
    access: onOneTask(STREAM_ACTIONS.logs),
    call: (context, request) =>
      askForLogs(context, taskNamed(request), readBody(logsBody, request.body ?? {})),
  },
  "POST /v1/tasks/:task/port-forward": {
    kind: "signed",
    status: 201,
    access: onOneTask(STREAM_ACTIONS.portForward),
    call: (context, request) =>
      askForPort(context, taskNamed(request), readBody(portForwardBody, request.body)),
  },
};
