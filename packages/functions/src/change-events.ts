import type { EventBus } from "@berth/aws/event-bus";
import type { EcsEvent } from "@berth/contracts/ecs-event";
import { eventsOfChange, type EventSources } from "@berth/control-plane/events/events-of-change";
import type { EventHistory } from "@berth/store/dynamodb/event-history";
import { toldEvent } from "@berth/control-plane/events/told-event";
import { changeOf } from "@berth/store/dynamodb/stream-record";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";

export type ChangeEventsHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/** What turns changes into events: it writes nothing and wakes nobody. */
export interface ChangeEdge extends EventSources {
  readonly bus: EventBus;
  readonly history: EventHistory;
  readonly log: Log;
}

/**
 * Lambda halves a batch where its function throws. Where that names a change, the batch is parted there:
 * at its very first, that is no parting, and the others would be given up with it in the end. Source:
 * Lambda developer guide, partial batch responses of DynamoDB streams.
 */
const TO_BE_HALVED = "The first change of a batch was not told: its halves come apart";

/**
 * Tells on the bus what changed in the table, and keeps it for those who follow. From the first change on that could not be told, the
 * batch comes again: an event may be sent twice, and none is left out.
 *
 * @throws Error where that is the first of several, or where it could not be kept
 */
export function createChangeEventsHandler(edge: ChangeEdge): ChangeEventsHandler {
  return async ({ Records }) => {
    const { events, unread } = await readEvents(edge, Records);
    const { taken, error } = await edge.bus.put(events.map(({ event }) => event));
    // What is not written is told again, all of it: the whole batch comes back.
    await edge.history.add(events.slice(0, taken).map(({ event }) => toldEvent(edge.scope, event)));
    if (taken === events.length && unread === undefined) return { batchItemFailures: [] };
    const failed = events[taken]?.position ?? unread ?? 0;
    if (error !== undefined) edge.log.error("Events were not taken", describeError(error));
    if (failed === 0 && Records.length > 1) throw new Error(TO_BE_HALVED);
    return { batchItemFailures: [{ itemIdentifier: sequenceOf(Records[failed]) }] };
  };
}

interface ReadEvents {
  readonly events: readonly { readonly event: EcsEvent; readonly position: number }[];
  /** Position of the first record that could not be read; nothing behind it was. */
  readonly unread?: number;
}

async function readEvents(
  edge: ChangeEdge,
  records: readonly DynamoDBRecord[],
): Promise<ReadEvents> {
  const events: { event: EcsEvent; position: number }[] = [];
  for (const [position, record] of records.entries()) {
    try {
      const told = await eventsOfRecord(edge, record);
      events.push(...told.map((event) => ({ event, position })));
    } catch (error) {
      const sequenceNumber = sequenceOf(record);
      edge.log.error("A change was not read", { sequenceNumber, ...describeError(error) });
      return { events, unread: position };
    }
  }
  return { events };
}

async function eventsOfRecord(
  sources: EventSources,
  { dynamodb = {} }: DynamoDBRecord,
): Promise<readonly EcsEvent[]> {
  const change = changeOf(dynamodb);
  const writtenAt = Math.round((dynamodb.ApproximateCreationDateTime ?? 0) * 1000);
  return change ? eventsOfChange(sources, change, writtenAt) : [];
}

const sequenceOf = (record: DynamoDBRecord | undefined): string =>
  record?.dynamodb?.SequenceNumber ?? "";
