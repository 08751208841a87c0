import type { Cause } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";

/** The request that is being answered, as the cause of what it does to a task. */
export const apiCause = (
  { requestId, principalArn }: Pick<CommandContext, "requestId" | "principalArn">,
  operation: string,
): Cause => ({ kind: "api", operation, requestId, principalArn });
