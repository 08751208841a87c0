import type { WakeMessage } from "@berth/contracts/queue";
import type { ControlPlane } from "../context.ts";
import { dispatchTasks } from "./dispatch.ts";
import { tendInstance } from "./instance.ts";
import { offerCapacity } from "./placement.ts";
import { reconcileService } from "./service.ts";

/** Does what a message asks for. Throws on an infrastructure fault, so that the message comes again. */
export async function handleWake(controlPlane: ControlPlane, message: WakeMessage): Promise<void> {
  switch (message.kind) {
    case "service":
      return reconcileService(controlPlane, message.cluster, message.service);
    case "placement":
      return offerCapacity(controlPlane, message.cluster);
    case "dispatch":
      return message.taskIds.length === 0
        ? tendInstance(controlPlane, message.cluster, message.containerInstanceId)
        : dispatchTasks(
            controlPlane,
            message.cluster,
            message.containerInstanceId,
            message.taskIds,
          );
  }
}
