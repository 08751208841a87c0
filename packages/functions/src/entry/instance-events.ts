import { instanceEventsHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("instance-events", instanceEventsHandler);
