import { apiHandler } from "../handlers.ts";
import { apiLambdaHandler } from "../lambda/edge.ts";

export const handler = apiLambdaHandler("api", apiHandler);
