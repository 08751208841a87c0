import { serviceGroup } from "@berth/domain/task";
import type { Task } from "@berth/domain/task";
import type { Store } from "@berth/store/store";
import {
  aCluster,
  aDeployment,
  aLedger,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";

/** More than two pages of anything. */
export const MANY = 250;

/** Every instance has it. */
export const RACK = { name: "rack", value: "a" } as const;

/** Such as `service-007`, in the order of the numbers. */
export const numbered = (stem: string, number: number): string =>
  `${stem}-${String(number).padStart(3, "0")}`;

export const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

/** Of all that ECS lists: 250 in the cluster `default`, which is one of 250. Each service has a task that is PENDING. */
export async function fillCluster(store: Store): Promise<void> {
  await store.clusters.create(aCluster());
  await Promise.all(upTo(MANY).map((number) => addOneOfEach(store, number)));
}

async function addOneOfEach(store: Store, number: number): Promise<void> {
  const id = instanceId(number);
  await Promise.all([
    number < MANY && store.clusters.create(aCluster({ name: numbered("cluster", number) })),
    store.taskDefinitions.create(aTaskDefinition({ family: "web", revision: number })),
    store.taskDefinitions.create(aTaskDefinition({ family: numbered("family", number) })),
    store.instances.create(anInstance({ id, attributes: [RACK] }), aLedger({ id })),
    store.services.create(aService({ name: numbered("service", number) })),
    store.tasks.create(theTask(number)),
  ]);
}

function theTask(number: number): Task {
  const group = serviceGroup(numbered("service", number));
  const containerInstanceId = instanceId(number);
  const startedBy = aDeployment().id;
  return aTask({ id: taskId(group, 1), group, containerInstanceId, startedBy });
}

/** What the agent of its instance would report of the task with this number. */
export async function reportTask(store: Store, number: number, change: Partial<Task>) {
  const task = await store.tasks.find("default", theTask(number).id);
  if (task) await store.tasks.replace({ ...task, ...change });
}

export const taskIdOfService = (number: number): string => theTask(number).id;
