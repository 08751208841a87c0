import { apiHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("api", apiHandler);
