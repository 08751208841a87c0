import { type Scope, taskArn } from "@berth/domain/arn";
import type { StreamRequest, StreamSession } from "@berth/domain/stream-session";
import type { Access } from "../access/authorize.ts";

/** What policies call it. */
export const STREAM_ACTIONS = {
  exec: "ecs:ExecuteCommand",
  logs: "berth:GetTaskLogs",
  portForward: "berth:ForwardTaskPort",
} as const satisfies Record<StreamRequest["kind"], string>;

/** What it takes to keep a session, as it took to ask for it: to one task, whatever its container. */
export const streamAccess = (
  scope: Scope,
  kind: StreamRequest["kind"],
  { cluster, taskId }: Pick<StreamSession, "cluster" | "taskId">,
): Access => ({
  action: STREAM_ACTIONS[kind],
  resources: [taskArn(scope, cluster, taskId)],
  cluster,
});
