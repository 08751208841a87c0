import { isIPv4 } from "node:net";
import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { lastSegment } from "@berth/domain/arn";
import type { TaskReport } from "@berth/planner/lifecycle/task-lifecycle";

type Given = Pick<EcsRequest<"SubmitTaskStateChange">, "attachments" | "containers">;

/**
 * What an agent says of the network interface that it has made for a task: that it is ATTACHED, as
 * all agents say it, and its address, for which their protocol has no place but the bindings of a
 * container (ADR 0040). Undefined where it says less.
 */
export function attachmentReport({
  attachments = [],
  containers = [],
}: Given): TaskReport["attachment"] {
  const arn = attachments.find(({ status }) => status === "ATTACHED")?.attachmentArn;
  const pause = containers.find(({ containerName }) => containerName === PAUSE_CONTAINER);
  const address = pause?.networkBindings?.[0]?.bindIP;
  if (arn === undefined || address === undefined || !isIPv4(address)) return undefined;
  return { id: lastSegment(arn), address };
}
