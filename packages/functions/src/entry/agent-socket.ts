import { agentSocketHandler } from "../handlers.ts";
import { openLambdaHandler } from "../lambda/edge.ts";

export const handler = openLambdaHandler("agent-socket", agentSocketHandler);
