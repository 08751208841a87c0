import { explainTask } from "@berth/control-plane/rest/explain-task";
import type { RestRoutes } from "./rest-routes.ts";
import { onOneTask, taskNamed } from "./task-access.ts";

/** What the ECS API does not tell of tasks: `/v1/tasks`. */
export const taskRoutes: RestRoutes = {
  "GET /v1/tasks/:task/explain": {
    kind: "signed",
    access: onOneTask("berth:ExplainTask"),
    call: (context, request) => explainTask(context, taskNamed(request)),
  },
};
