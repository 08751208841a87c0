import { instanceEventsHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("instance-events", instanceEventsHandler);
