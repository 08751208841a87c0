import { agentSocketHandler } from "../handlers.ts";
import { lambdaHandler } from "./edge.ts";

export const handler = lambdaHandler("agent-socket", agentSocketHandler);
