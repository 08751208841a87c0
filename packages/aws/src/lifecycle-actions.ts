import {
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { LifecycleAction } from "@berth/domain/container-instance";

/** The control plane's `LifecycleActions`, which this package must not import. */
export interface AutoScalingActions {
  complete(ec2InstanceId: string, action: LifecycleAction): Promise<void>;
  recordHeartbeat(ec2InstanceId: string, action: LifecycleAction): Promise<"waiting" | "over">;
}

/** Speaks to Auto Scaling of machines that are about to end. */
export function createLifecycleActions(client: AutoScalingClient): AutoScalingActions {
  return {
    async complete(InstanceId, action) {
      const LifecycleActionResult = "CONTINUE";
      const input = { ...namesOf(action), InstanceId, LifecycleActionResult };
      await whileWaiting(client.send(new CompleteLifecycleActionCommand(input)));
    },
    async recordHeartbeat(InstanceId, action) {
      const input = { ...namesOf(action), InstanceId };
      return whileWaiting(client.send(new RecordLifecycleActionHeartbeatCommand(input)));
    },
  };
}

const namesOf = ({ autoScalingGroup, hook, token }: LifecycleAction) => ({
  AutoScalingGroupName: autoScalingGroup,
  LifecycleHookName: hook,
  LifecycleActionToken: token,
});

/** Of an action, a hook or a group that is not there Auto Scaling says that the request is not valid. */
async function whileWaiting(request: Promise<unknown>): Promise<"waiting" | "over"> {
  try {
    await request;
    return "waiting";
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError") return "over";
    throw error;
  }
}
