import { createAutoScalingClient, createStsClient } from "@berth/aws/clients";
import { createLifecycleActions } from "@berth/aws/lifecycle-actions";
import { createRoleKeys } from "@berth/aws/role-keys";
import type { Edge, InstanceEdge } from "../handlers.ts";
import { describeError } from "../log.ts";

/** Apart from the edge of the others: they neither speak to Auto Scaling nor take roles, nor may. */
export function withInstanceParts(edge: Edge): InstanceEdge {
  const { region } = edge.controlPlane.scope;
  return {
    ...edge,
    lifecycleActions: createLifecycleActions(createAutoScalingClient({ region })),
    roleKeys: createRoleKeys({
      client: createStsClient({ region }),
      now: () => edge.controlPlane.now(),
      onFailure: (roleArn, error) =>
        edge.log.warn("A role could not be taken", { roleArn, ...describeError(error) }),
    }),
  };
}
