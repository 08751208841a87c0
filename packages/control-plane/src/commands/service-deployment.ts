import type { Deployment } from "@berth/domain/service";
import type { ControlPlane } from "../context.ts";
import { randomDeploymentId } from "../random-ids.ts";

/** A deployment that begins now, as the PRIMARY one. */
export function newDeployment(
  context: Pick<ControlPlane, "now" | "randomHex">,
  taskDefinition: string,
): Deployment {
  const id = randomDeploymentId(context);
  const now = context.now();
  return {
    id,
    status: "PRIMARY",
    taskDefinition,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
  };
}
