import { wakeHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("service-queue", wakeHandler);
