import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";

/** What one PutEvents takes. Source: EventBridge API reference, PutEvents. */
export const MAX_ENTRIES = 10;
export const MAX_BYTES = 256 * 1024;

/** Entries in their order, as many to a request as it takes. */
export function batchesOf(
  entries: readonly PutEventsRequestEntry[],
): readonly (readonly PutEventsRequestEntry[])[] {
  const batches: PutEventsRequestEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = entrySize(entry);
    const batch = batches.at(-1);
    if (!batch || batch.length === MAX_ENTRIES || size > room) {
      batches.push([entry]);
      room = MAX_BYTES - size;
    } else {
      batch.push(entry);
      room -= size;
    }
  }
  return batches;
}

const TIME_BYTES = 14;

interface EntryParts {
  readonly Time?: unknown;
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
}

/** Bytes that an entry counts for. Source: EventBridge user guide, calculating event entry size. */
export function entrySize(entry: EntryParts): number {
  const { Time, Source = "", DetailType = "", Detail = "", Resources = [] } = entry;
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    Time === undefined ? 0 : TIME_BYTES,
  );
}
