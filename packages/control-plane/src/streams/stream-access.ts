import { type Scope, taskArn } from "@berth/domain/arn";
import type { StreamRequest, StreamSession } from "@berth/domain/stream-session";
import type { Access } from "../access/authorize.ts";

/** What policies call it. */
const ACTION: Readonly<Record<StreamRequest["kind"], string>> = {
  exec: "ecs:ExecuteCommand",
  logs: "berth:GetTaskLogs",
  portForward: "berth:ForwardTaskPort",
};

/** What it takes to ask for a session, and to keep it: to one task, whatever its container. */
export const streamAccess = (
  scope: Scope,
  kind: StreamRequest["kind"],
  { cluster, taskId }: Pick<StreamSession, "cluster" | "taskId">,
): Access => ({ action: ACTION[kind], resources: [taskArn(scope, cluster, taskId)], cluster });
