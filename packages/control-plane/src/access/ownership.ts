import { containerInstanceArn } from "@berth/domain/arn";
import type { ContainerInstance } from "@berth/domain/container-instance";
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

/** The refusal of a call about this instance. */
export function notItsOwn(
  { principalArn, scope }: InstanceSpeaker,
  { cluster, id }: Pick<Owned, "cluster" | "id">,
  action: string,
) {
  const resource = containerInstanceArn(scope, cluster, id);
  return accessDenied({ principalArn, action, resource });
}
