import { wakeHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("dispatch-queue", wakeHandler);
