import type { EcsEvent } from "@berth/contracts/ecs-event";
import type { Scope } from "@berth/domain/arn";
import type { Change, StoreReader } from "@berth/store/store";
import { definitionNamed } from "../definition-cache.ts";
import { instanceEvents } from "./instance-events.ts";
import { serviceEvents } from "./service-events.ts";
import { streamEvents } from "./stream-events.ts";
import { taskEvents } from "./task-events.ts";

/** What telling of changes needs to know. */
export interface EventSources {
  readonly scope: Scope;
  readonly store: StoreReader;
}

/**
 * What ECS would tell of a change, in the order in which it happened. What is read for it never
 * changes, or has a version: told again, an event is the same (ADR 0013).
 *
 * @param at Epoch ms: when the change was written.
 */
export async function eventsOfChange(
  sources: EventSources,
  change: Change,
  at: number,
): Promise<readonly EcsEvent[]> {
  const { scope, store } = sources;
  switch (change.kind) {
    case "task": {
      const definition = await definitionNamed(sources, change.after.taskDefinition);
      return taskEvents(scope, { ...change, definition, at });
    }
    case "ledger": {
      const description = await store.description(change.after);
      return description ? instanceEvents(scope, { ...change, description, at }) : [];
    }
    case "service":
      return serviceEvents(scope, change);
    case "streamSession":
      return streamEvents(scope, change);
  }
}
