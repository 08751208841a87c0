import { serviceWakeHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("service-queue", serviceWakeHandler);
