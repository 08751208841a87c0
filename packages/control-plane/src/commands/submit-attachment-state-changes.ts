import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";

/**
 * Attachments of instances and of EBS volumes, which Berth has none of: what an agent says of one is
 * about nothing here, and would be repeated for ever if it were refused. Of the interface of a task it
 * says so with the task.
 */
export function submitAttachmentStateChanges(
  context: CommandContext,
  _request: EcsRequest<"SubmitAttachmentStateChanges">,
): Promise<EcsResponse<"SubmitAttachmentStateChanges">> {
  return Promise.resolve({ acknowledgment: context.requestId });
}
