import { sweepHandler } from "../handlers.ts";
import { lambdaHandler } from "../lambda/edge.ts";

export const handler = lambdaHandler("sweep", sweepHandler);
