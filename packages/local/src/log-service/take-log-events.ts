import { MAX_SPAN_MS } from "./log-events.ts";
import type { LogEvent } from "./event-block.ts";
import { invalid } from "./refusal.ts";

/** Source: CloudWatch Logs API reference, PutLogEvents. */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_EVENT_BYTES = 1_048_576;
/** Each event counts as so much more than its message. */
const EVENT_OVERHEAD_BYTES = 26;
const MAX_AGE_MS = 14 * 24 * 3_600_000;
const MAX_AHEAD_MS = 2 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Where events were left out, by their positions in the batch. */
export interface RejectedLogEventsInfo {
  tooNewLogEventStartIndex?: number;
  tooOldLogEventEndIndex?: number;
  expiredLogEventEndIndex?: number;
}

export interface TakenEvents {
  readonly events: readonly LogEvent[];
  /** Undefined: all were taken. */
  readonly rejected: RejectedLogEventsInfo | undefined;
}

/**
 * The events of a batch that are neither too old nor too far ahead.
 *
 * @throws LogsRefusal InvalidParameterException where the batch is too large, too long or out of order
 */
export function takeLogEvents(
  batch: readonly LogEvent[],
  { now, retentionDays }: { readonly now: number; readonly retentionDays?: number | undefined },
): TakenEvents {
  checkSizes(batch);
  checkOrder(batch);
  const expiredCount =
    retentionDays === undefined ? 0 : countUntil(batch, now - retentionDays * DAY_MS);
  const tooOldCount = countUntil(batch, now - MAX_AGE_MS);
  const tooNewFrom = countUntil(batch, now + MAX_AHEAD_MS + 1);
  const first = Math.max(expiredCount, tooOldCount);
  const isWhole = first === 0 && tooNewFrom === batch.length;
  return {
    events: isWhole ? batch : batch.slice(first, tooNewFrom),
    rejected: isWhole
      ? undefined
      : {
          ...(tooNewFrom < batch.length && { tooNewLogEventStartIndex: tooNewFrom }),
          ...(tooOldCount > 0 && { tooOldLogEventEndIndex: tooOldCount }),
          ...(expiredCount > 0 && { expiredLogEventEndIndex: expiredCount }),
        },
  };
}

function checkSizes(batch: readonly LogEvent[]): void {
  let batchBytes = 0;
  for (const { message } of batch) {
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (bytes > MAX_EVENT_BYTES) {
      throw invalid(`Log event too large: ${bytes} bytes exceeds limit of ${MAX_EVENT_BYTES}`);
    }
    batchBytes += bytes;
  }
  if (batchBytes > MAX_BATCH_BYTES) {
    throw invalid(`Upload too large: ${batchBytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  }
}

function checkOrder(batch: readonly LogEvent[]): void {
  const isOrdered = batch.every(
    ({ timestamp }, index) => index === 0 || timestamp >= (batch[index - 1]?.timestamp ?? 0),
  );
  if (!isOrdered) {
    throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  const span = (batch.at(-1)?.timestamp ?? 0) - (batch[0]?.timestamp ?? 0);
  if (span > MAX_SPAN_MS) {
    throw invalid(
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
  }
}

/** How many of the first are of before a time. */
function countUntil(batch: readonly LogEvent[], time: number): number {
  const index = batch.findIndex(({ timestamp }) => timestamp >= time);
  return index < 0 ? batch.length : index;
}
