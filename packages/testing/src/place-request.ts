import type { Reservation } from "@berth/domain/container-instance";
import { type Launch, newTask } from "@berth/control-plane/placement/new-task";
import type { PlaceTasksRequest } from "@berth/control-plane/placement/place-tasks";
import { aTaskDefinition, instanceId, taskId } from "./builders.ts";
import type { TestControlPlane } from "./control-plane.ts";

export const GROUP = "service:web";
export const FIRST = taskId(GROUP, 1);

/** Tasks of 128 CPU units and MiB, spread over the instances; an instance has 1024 of each. */
export function aRequest(
  controlPlane: TestControlPlane,
  overrides: Partial<PlaceTasksRequest> = {},
): PlaceTasksRequest {
  const definition = overrides.definition ?? aTaskDefinition();
  const launch: Launch = {
    cluster: "default",
    definition,
    group: GROUP,
    launchType: "EC2",
    cause: { kind: "deployment", id: "ecs-svc/1" },
    ...(overrides.overrides && { overrides: overrides.overrides }),
  };
  return {
    ...launch,
    taskIds: [1, 2, 3].map((number) => taskId(GROUP, number)),
    constraints: [],
    strategy: [{ type: "spread", field: "instanceId" }],
    newTask: (place) => newTask(controlPlane, launch, place),
    ...overrides,
  };
}

export const ledgerOf = async (controlPlane: TestControlPlane, number: number) =>
  controlPlane.store.instances.findLedger("default", instanceId(number));

/** Ids of the tasks that hold something on an instance. */
export const heldOn = async (controlPlane: TestControlPlane, number: number) =>
  Object.keys((await ledgerOf(controlPlane, number))?.reservations ?? {});

/** An instance as an earlier try has left it. */
export async function reserve(
  controlPlane: TestControlPlane,
  number: number,
  reservations: Readonly<Record<string, Reservation>>,
): Promise<void> {
  const ledger = await ledgerOf(controlPlane, number);
  if (!ledger) throw new Error(`There is no instance ${number}.`);
  await controlPlane.store.instances.replaceLedger({ ...ledger, reservations });
}
