import type { Table } from "@berth/store/table";
import {
  aLedger,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  instanceId,
  taskId,
} from "./builders.ts";
import { aControlPlane, type TestControlPlane } from "./control-plane.ts";
import { setUpCluster } from "./set-up-cluster.ts";
import { anExternalService, aTaskSet } from "./task-sets.ts";

export const ARN = "arn:aws:ecs:eu-central-1:123456789012";
export const TASK = taskId("service:web", 1);
export const STOPPED_TASK = taskId("family:web", 2);
export const TASK_SET = "ecs-svc/0000000000000000007";
export const TEAM = { key: "team", value: "a" };

/**
 * One of each kind of what can have tags, without any, and one of each that has come to its end: a
 * service `old`, the instance 9, and a task. The service `web` and its task have a to-do mark.
 */
export async function aTaggableWorld(table?: Table): Promise<TestControlPlane> {
  const controlPlane = aControlPlane(table && { table });
  const { store } = controlPlane;
  await setUpCluster(controlPlane, {
    definitions: [aTaskDefinition(), aTaskDefinition({ family: "old", status: "INACTIVE" })],
  });
  const gone = { id: instanceId(9) };
  await store.instances.create(anInstance(gone), aLedger({ ...gone, status: "INACTIVE" }));
  await store.services.create({ ...aService(), due: 5 });
  const inactiveAt = controlPlane.now();
  await store.services.create(aService({ name: "old", status: "INACTIVE", inactiveAt }));
  const taskSets = [aTaskSet(1, { id: TASK_SET }), aTaskSet(2, { id: "ecs-svc/8", tags: [TEAM] })];
  await store.services.create(anExternalService({ name: "sets", taskSets }));
  await store.tasks.create({ ...aTask(), due: 7 });
  await store.tasks.create(aTask({ id: STOPPED_TASK, group: "family:web", lastStatus: "STOPPED" }));
  return controlPlane;
}
