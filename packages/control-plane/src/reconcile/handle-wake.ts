import type { WakeMessage } from "@berth/contracts/queue";
import type { InstanceControlPlane, ServiceControlPlane } from "../context.ts";
import { dispatchTasks } from "./dispatch.ts";
import { tendInstance } from "./instance.ts";
import { offerBalance, offerCapacity } from "./placement.ts";
import { tendQueuedRun } from "./queued-run.ts";
import { reconcileService } from "./service.ts";
import { tendDeletion } from "./task-definition-deletion.ts";

type WakeOf<Kind extends WakeMessage["kind"]> = Extract<WakeMessage, { readonly kind: Kind }>;

/** Does what a message asks for. Throws on an infrastructure fault, so that the message comes again. */
export async function handleWake(
  controlPlane: InstanceControlPlane & ServiceControlPlane,
  message: WakeMessage,
): Promise<void> {
  return message.kind === "dispatch"
    ? handleDispatchWake(controlPlane, message)
    : handleServiceWake(controlPlane, message);
}

/** The same of what is for agents. */
export async function handleDispatchWake(
  controlPlane: InstanceControlPlane,
  { cluster, containerInstanceId, taskIds }: WakeOf<"dispatch">,
): Promise<void> {
  return taskIds.length === 0
    ? tendInstance(controlPlane, cluster, containerInstanceId)
    : dispatchTasks(controlPlane, cluster, containerInstanceId, taskIds);
}

/** The same of what concerns services, capacity and task definitions. */
export async function handleServiceWake(
  controlPlane: ServiceControlPlane,
  message: Exclude<WakeMessage, WakeOf<"dispatch">>,
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
    case "taskDefinition":
      return tendDeletion(controlPlane, message.family, message.revision);
  }
}
