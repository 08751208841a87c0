import { dispatchHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";
import { withInstanceParts } from "../lambda/instance-edge.ts";

export const handler = lambdaHandler("dispatch-queue", (edge) =>
  dispatchHandler(withInstanceParts(edge)),
);
