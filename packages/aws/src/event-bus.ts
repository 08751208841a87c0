import { setTimeout as sleep } from "node:timers/promises";
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from "@aws-sdk/client-eventbridge";
import { type EcsEvent, EVENT_SOURCE } from "@berth/contracts/ecs-event";
import { batchesOf } from "./event-batches.ts";

export interface EventBusOptions {
  readonly client: EventBridgeClient;
  readonly busName: string;
}

export interface EventBus {
  /**
   * Sends events in their order, again where the bus took only some of them.
   *
   * @returns how many of the first it took for sure; all of them, or there is an `error`. Some of
   * the others may be out as well.
   */
  put(events: readonly EcsEvent[]): Promise<{ readonly taken: number; readonly error?: unknown }>;
}

/** The bus of ECS's events. */
export function createEventBus(options: EventBusOptions): EventBus {
  return {
    async put(events) {
      let taken = 0;
      for (const batch of batchesOf(events.map((event) => toEntry(event, options.busName)))) {
        const outcome = await putBatch(options.client, batch);
        taken += outcome.taken;
        if (outcome.taken < batch.length) return { taken, error: outcome.error };
      }
      return { taken };
    },
  };
}

function toEntry(event: EcsEvent, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: EVENT_SOURCE,
    DetailType: event.detailType,
    Resources: [event.resource],
    Time: new Date(event.time),
    Detail: JSON.stringify(event.detail),
  };
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;

async function putBatch(
  client: EventBridgeClient,
  batch: readonly PutEventsRequestEntry[],
): Promise<{ readonly taken: number; readonly error?: unknown }> {
  let refused = batch.map((entry, position) => ({ entry, position }));
  let error: unknown;
  for (let attempt = 0; attempt < ATTEMPTS && refused.length > 0; attempt += 1) {
    if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    try {
      const Entries = refused.map(({ entry }) => entry);
      const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
      refused = refused.filter((_, index) => results[index]?.EventId === undefined);
      error = refusalIn(results);
    } catch (caught) {
      // The client has tried again by itself what is worth it.
      return { taken: refused[0]?.position ?? 0, error: caught };
    }
  }
  return { taken: refused[0]?.position ?? batch.length, error };
}

/** As an error, of which a log tells more than that it is an object. */
function refusalIn(results: readonly PutEventsResultEntry[]): Error | undefined {
  const refused = results.find(({ ErrorCode }) => ErrorCode !== undefined);
  return (
    refused &&
    new Error(`The bus refused an event: ${refused.ErrorCode}: ${refused.ErrorMessage ?? ""}`)
  );
}
