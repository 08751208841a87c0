import { containerInstanceArn } from "@berth/domain/arn";
import type { ContainerInstance } from "@berth/domain/container-instance";
import type { Task } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { accessDenied } from "./access-denied.ts";

/** Who calls, as far as it matters whose container instance is spoken of. */
export type InstanceSpeaker = Pick<CommandContext, "permissions" | "principalArn" | "scope">;

type Owned = Pick<ContainerInstance, "cluster" | "id" | "registeredBy">;

/**
 * An agent's key speaks for the container instances that its principal has registered: one that is
 * stolen from a machine is worth no more than that machine. Other keys go by their policy alone.
 *
 * @param action such as `ecs:SubmitTaskStateChange`
 * @throws EcsError AccessDeniedException
 */
export function checkSpeaksFor(speaker: InstanceSpeaker, instance: Owned, action: string): void {
  const isItsOwn = instance.registeredBy === speaker.principalArn;
  if (speaker.permissions.kind === "agent" && !isItsOwn) {
    throw notItsOwn(speaker, instance, action);
  }
}

/**
 * The same of a task, which is on an instance. Costs a reading, and so is left out where there is
 * nothing to find out.
 *
 * @throws EcsError AccessDeniedException
 */
export async function checkSpeaksForTask(
  speaker: InstanceSpeaker & Pick<CommandContext, "store">,
  { cluster, containerInstanceId }: Pick<Task, "cluster" | "containerInstanceId">,
  action: string,
): Promise<void> {
  if (speaker.permissions.kind !== "agent") return;
  const stored = await speaker.store.instances.find(cluster, containerInstanceId);
  if (stored) return checkSpeaksFor(speaker, stored.instance, action);
  throw notItsOwn(speaker, { cluster, id: containerInstanceId }, action);
}

/** The refusal of a call about this instance. */
export function notItsOwn(
  { principalArn, scope }: InstanceSpeaker,
  { cluster, id }: Pick<Owned, "cluster" | "id">,
  action: string,
) {
  const resource = containerInstanceArn(scope, cluster, id);
  return accessDenied({ principalArn, action, resource });
}
