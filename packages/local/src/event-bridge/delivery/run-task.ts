import { type ECSClient, RunTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { CallOutcome } from "./call-destination.ts";

/** Asks for the tasks once. Where none found a place, they may find one later. Never throws. */
export async function runTask(
  ecs: ECSClient,
  request: RunTaskCommandInput,
  abortSignal: AbortSignal,
): Promise<CallOutcome> {
  try {
    const { tasks = [], failures = [] } = await ecs.send(new RunTaskCommand(request), {
      abortSignal,
    });
    if (tasks.length > 0) return { kind: "delivered" };
    return { kind: "failed", why: `RunTask started nothing: ${failures[0]?.reason ?? ""}` };
  } catch (error) {
    return { kind: isFinal(error) ? "refused" : "failed", why: `RunTask: ${String(error)}` };
  }
}

/** A request that ECS refuses is refused again. */
const isFinal = (error: unknown): boolean =>
  error instanceof Error &&
  "$fault" in error &&
  error.$fault === "client" &&
  error.name !== "ThrottlingException";
