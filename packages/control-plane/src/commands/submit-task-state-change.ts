import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import type { TaskReport } from "@berth/planner/lifecycle/task-lifecycle";
import type { CommandContext } from "../context.ts";
import { attachmentReport } from "./attachment-report.ts";
import { containerReport, reportedStatus } from "./container-report.ts";
import { recordReport, reportedTask } from "./record-report.ts";

/**
 * What an agent says of a task and its containers. Never refused as wrong: an agent would repeat it
 * for ever. Of tasks that are not its own it may say nothing.
 *
 * @throws EcsError AccessDeniedException
 */
export async function submitTaskStateChange(
  context: CommandContext,
  request: EcsRequest<"SubmitTaskStateChange">,
): Promise<EcsResponse<"SubmitTaskStateChange">> {
  await recordReport(context, {
    task: reportedTask(context.scope, request),
    report: taskReport(request),
    action: "ecs:SubmitTaskStateChange",
  });
  return { acknowledgment: context.requestId };
}

const taskReport = (request: EcsRequest<"SubmitTaskStateChange">): TaskReport => ({
  containers: (request.containers ?? []).flatMap((container) => containerReport(container) ?? []),
  ...defined({
    status: reportedStatus(request.status),
    // The agent sends an empty one where there is none.
    reason: request.reason || undefined,
    pullStartedAt: request.pullStartedAt?.getTime(),
    pullStoppedAt: request.pullStoppedAt?.getTime(),
    executionStoppedAt: request.executionStoppedAt?.getTime(),
    attachment: attachmentReport(request),
  }),
});
