import { dispatchHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";
import { withLifecycleActions } from "../lambda/lifecycle-actions.ts";

export const handler = lambdaHandler("dispatch-queue", (edge) =>
  dispatchHandler(withLifecycleActions(edge)),
);
