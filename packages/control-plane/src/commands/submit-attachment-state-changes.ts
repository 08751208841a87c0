import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";

/**
 * Attachments belong to networkMode awsvpc and to EBS volumes, which no task of Berth's has yet: what
 * an agent says of one is about nothing here, and would be repeated for ever if it were refused.
 */
export function submitAttachmentStateChanges(
  context: CommandContext,
  _request: EcsRequest<"SubmitAttachmentStateChanges">,
): Promise<EcsResponse<"SubmitAttachmentStateChanges">> {
  return Promise.resolve({ acknowledgment: context.requestId });
}
