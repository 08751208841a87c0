import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { runTask } from "@berth/control-plane/commands/run-task";
import { aControlPlane, type TestControlPlane } from "./control-plane.ts";
import { setUpCluster } from "./set-up-cluster.ts";

/** A control plane in memory, with the cluster `default` as `setUpCluster` makes it. */
export async function aPlaneWithCluster(
  setting?: Parameters<typeof setUpCluster>[1],
): Promise<TestControlPlane> {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, setting);
  return controlPlane;
}

/** For three tasks of the definition that `setUpCluster` registers. */
export const aServiceRequest = (
  changes: Partial<EcsRequest<"CreateService">> = {},
): EcsRequest<"CreateService"> => ({
  serviceName: "web",
  taskDefinition: "web",
  desiredCount: 3,
  ...changes,
});

/** RunTask with that definition. */
export const runWeb = (
  controlPlane: TestControlPlane,
  request: Partial<EcsRequest<"RunTask">> = {},
) => runTask(controlPlane, { taskDefinition: "web", ...request });

/** All tasks of the cluster that are not archived. */
export const liveTasksOf = async ({ store }: TestControlPlane) =>
  (await store.tasks.page({ cluster: "default", archived: false }, { limit: 100 })).items;
