import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";
import { containerReport } from "./container-report.ts";
import { recordReport, reportedTask } from "./record-report.ts";

/**
 * What an agent says of one container. It moves that container only: what becomes of the task the
 * agent says apart.
 */
export async function submitContainerStateChange(
  context: CommandContext,
  request: EcsRequest<"SubmitContainerStateChange">,
): Promise<EcsResponse<"SubmitContainerStateChange">> {
  const container = containerReport(request);
  if (container) {
    await recordReport(context, reportedTask(context.scope, request), { containers: [container] });
  }
  return { acknowledgment: context.requestId };
}
