import { forwardHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("coalesced-queue", forwardHandler);
