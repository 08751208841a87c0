import type { WakeMessage } from "@berth/contracts/queue";
import type { ControlPlane, InstanceControlPlane } from "../context.ts";
import { dispatchTasks } from "./dispatch.ts";
import { tendInstance } from "./instance.ts";
import { offerBalance, offerCapacity } from "./placement.ts";
import { tendQueuedRun } from "./queued-run.ts";
import { reconcileService } from "./service.ts";

type WakeOf<Kind extends WakeMessage["kind"]> = Extract<WakeMessage, { readonly kind: Kind }>;

/** Does what a message asks for. Throws on an infrastructure fault, so that the message comes again. */
export async function handleWake(
  controlPlane: InstanceControlPlane,
  message: WakeMessage,
): Promise<void> {
  if (message.kind !== "dispatch") return handleServiceWake(controlPlane, message);
  const { cluster, containerInstanceId, taskIds } = message;
  return taskIds.length === 0
    ? tendInstance(controlPlane, cluster, containerInstanceId)
    : dispatchTasks(controlPlane, cluster, containerInstanceId, taskIds);
}

/** The same of what concerns services and capacity: that asks for less. */
export async function handleServiceWake(
  controlPlane: ControlPlane,
  message: WakeOf<"service" | "placement" | "queuedRun">,
): Promise<void> {
  switch (message.kind) {
    case "service":
      return reconcileService(controlPlane, message.cluster, message.service);
    case "placement":
      await offerCapacity(controlPlane, message.cluster);
      if (message.joined) await offerBalance(controlPlane, message.cluster);
      return undefined;
    case "queuedRun":
      return tendQueuedRun(controlPlane, message.cluster, message.id);
  }
}
