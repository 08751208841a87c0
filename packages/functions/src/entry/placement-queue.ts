import { serviceWakeHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("placement-queue", serviceWakeHandler);
