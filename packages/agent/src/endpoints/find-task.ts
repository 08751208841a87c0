import type { PayloadContainer } from "@berth/contracts/agent/messages";
import { definitionOf, type ContainerState, type ManagedTask } from "../state.ts";
import { credentialsIdOf, endpointIdOf } from "./environment.ts";
import { isLogCredentialsId } from "./log-credentials.ts";

/** A container with its task. */
export interface FoundContainer {
  readonly task: ManagedTask;
  readonly state: ContainerState;
  readonly definition: PayloadContainer;
}

/** The containers of a task, with what was asked for. */
export const containersOf = (task: ManagedTask): readonly FoundContainer[] =>
  task.containers.flatMap((state) => {
    const definition = definitionOf(task, state.name);
    return definition ? [{ task, state, definition }] : [];
  });

/** The container that was told this id. */
export function findContainer(
  tasks: readonly ManagedTask[],
  endpointId: string,
): FoundContainer | undefined {
  return tasks
    .flatMap(containersOf)
    .find(({ definition }) => endpointIdOf(definition) === endpointId);
}

/** Whether a task of these, or the engine for it, was told to ask for keys under this id. */
export const isCredentialsId = (tasks: readonly ManagedTask[], id: string): boolean =>
  tasks.some(({ payload }) => credentialsIdOf(payload) === id || isLogCredentialsId(payload, id));
