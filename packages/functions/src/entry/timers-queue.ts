import { forwardHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("timers-queue", forwardHandler);
