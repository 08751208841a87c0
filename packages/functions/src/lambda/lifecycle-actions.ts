import { createAutoScalingClient } from "@berth/aws/clients";
import { createLifecycleActions } from "@berth/aws/lifecycle-actions";
import type { Edge, InstanceEdge } from "../handlers.ts";

/** Apart from the edge of the others: they neither speak to Auto Scaling nor may. */
export function withLifecycleActions(edge: Edge): InstanceEdge {
  const { region } = edge.controlPlane.scope;
  return { ...edge, lifecycleActions: createLifecycleActions(createAutoScalingClient({ region })) };
}
