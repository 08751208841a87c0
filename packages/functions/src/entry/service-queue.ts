import { serviceWakeHandler } from "../handlers.ts";
import { withCloudWatch } from "../lambda/cloudwatch.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("service-queue", (edge) =>
  serviceWakeHandler(withCloudWatch(edge)),
);
