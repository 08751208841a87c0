import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { createTaskSet } from "@berth/control-plane/commands/create-task-set";
import { deleteTaskSet } from "@berth/control-plane/commands/delete-task-set";
import { describeTaskSets } from "@berth/control-plane/commands/describe-task-sets";
import { updateServicePrimaryTaskSet } from "@berth/control-plane/commands/update-service-primary-task-set";
import { updateTaskSet } from "@berth/control-plane/commands/update-task-set";
import type { Service } from "@berth/domain/service";
import { aService, aTaskDefinition } from "./builders.ts";
import { aControlPlane } from "./control-plane.ts";
import { setUpCluster } from "./set-up-cluster.ts";
import { anExternalService, aTaskSet } from "./task-sets.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
/** The service that a request is about where it names no other. */
const NAMED = { cluster: "default", service: "web" } as const;
/** The sets that the service has unless told otherwise: `blue` serves, `green` comes up. */
export const [blue, green] = [
  aTaskSet(1, { status: "PRIMARY", stabilityStatus: "STEADY_STATE" }),
  aTaskSet(2, { scale: 50 }),
] as const;
export const arnOf = (set: { readonly id: string }) => `${ARN}:task-set/default/web/${set.id}`;

/**
 * A control plane with the service `web` and its task sets, one that rolls out by itself, one that
 * drains, and all operations on task sets.
 */
export async function aTaskSetWorld(service: Partial<Service> = { taskSets: [green, blue] }) {
  const controlPlane = aControlPlane();
  const { store } = controlPlane;
  await setUpCluster(controlPlane, {
    definitions: [
      aTaskDefinition(),
      aTaskDefinition({ revision: 2 }),
      aTaskDefinition({ family: "old", status: "INACTIVE" }),
      aTaskDefinition({ family: "vpc", networkMode: "awsvpc" }),
    ],
  });
  await store.services.create(anExternalService({ steady: true, ...service }));
  await store.services.create(aService({ name: "rolling" }));
  await store.services.create(anExternalService({ name: "leaving", status: "DRAINING" }));
  const stored = async () => {
    const found = await store.services.findLatest("default", "web");
    if (!found) throw new Error("There is no service web.");
    return found;
  };
  return {
    controlPlane,
    stored,
    create: async (request: Partial<EcsRequest<"CreateTaskSet">> = {}) =>
      createTaskSet(controlPlane, { ...NAMED, taskDefinition: "web:1", ...request }),
    update: async (request: Partial<EcsRequest<"UpdateTaskSet">> = {}) =>
      updateTaskSet(controlPlane, {
        ...NAMED,
        taskSet: green.id,
        scale: { value: 100 },
        ...request,
      }),
    remove: async (request: Partial<EcsRequest<"DeleteTaskSet">> = {}) =>
      deleteTaskSet(controlPlane, { ...NAMED, taskSet: green.id, ...request }),
    promote: async (request: Partial<EcsRequest<"UpdateServicePrimaryTaskSet">> = {}) =>
      updateServicePrimaryTaskSet(controlPlane, { ...NAMED, primaryTaskSet: green.id, ...request }),
    list: async (request: Partial<EcsRequest<"DescribeTaskSets">> = {}) =>
      describeTaskSets(controlPlane, { ...NAMED, ...request }),
  };
}
