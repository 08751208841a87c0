import type { Task } from "@berth/domain/task";
import type { ControlPlane } from "../context.ts";

/** Has the agents told of these tasks: one message for each instance. */
export async function wakeDispatch(
  controlPlane: Pick<ControlPlane, "relay">,
  tasks: readonly Pick<Task, "cluster" | "id" | "containerInstanceId">[],
): Promise<void> {
  const byInstance = Map.groupBy(
    tasks,
    ({ cluster, containerInstanceId }) => `${cluster}/${containerInstanceId}`,
  );
  await Promise.all(
    [...byInstance.values()].flatMap((here) =>
      here.slice(0, 1).map(({ cluster, containerInstanceId }) =>
        controlPlane.relay.wake({
          kind: "dispatch",
          cluster,
          containerInstanceId,
          taskIds: here.map((task) => task.id),
        }),
      ),
    ),
  );
}
