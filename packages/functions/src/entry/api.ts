import { apiHandler } from "../handlers.ts";
import { openLambdaHandler } from "../lambda/edge.ts";

export const handler = openLambdaHandler("api", apiHandler);
