import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";
import { containerReport } from "./container-report.ts";
import { recordReport, reportedTask } from "./record-report.ts";

/**
 * What an agent says of one container. It moves that container only: what becomes of the task the
 * agent says apart.
 *
 * @throws EcsError AccessDeniedException
 */
export async function submitContainerStateChange(
  context: CommandContext,
  request: EcsRequest<"SubmitContainerStateChange">,
): Promise<EcsResponse<"SubmitContainerStateChange">> {
  const container = containerReport(request);
  if (container) {
    await recordReport(context, {
      task: reportedTask(context.scope, request),
      report: { containers: [container] },
      action: "ecs:SubmitContainerStateChange",
    });
  }
  return { acknowledgment: context.requestId };
}
