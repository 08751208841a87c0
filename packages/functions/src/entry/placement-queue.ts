import { serviceWakeHandler } from "../handlers.ts";
import { withCloudWatch } from "../lambda/cloudwatch.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("placement-queue", (edge) =>
  serviceWakeHandler(withCloudWatch(edge)),
);
