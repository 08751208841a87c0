/**
 * What holds the namespaces of a task; named as the ECS agent names it, so that nobody's own container
 * can be. As the binding of this container an agent tells the address of a task (ADR 0040).
 */
export const PAUSE_CONTAINER = "~internal~ecs~pause";
