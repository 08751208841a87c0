import { setTimeout as delay } from "node:timers/promises";
import type { ChangeEventsHandler } from "@berth/functions/change-events";
import { CHANGE_SOURCE } from "@berth/functions/change-source";
import { describeError, type Log } from "@berth/functions/log";
import type { DynamoDBRecord } from "aws-lambda";
import type { ChangeRecord } from "../embedded/change-log.ts";

export interface DeliveryOptions {
  readonly handler: ChangeEventsHandler;
  /** The table's stream and its region, as the function is told them. */
  readonly source: { readonly arn: string; readonly region: string };
  /** Told, in order, up to where all is handled or given up. */
  readonly onDone: (sequenceNumber: string) => void;
  /** Leaves off between two attempts; what was not done is handed over again some day. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;

/**
 * Hands a batch over until all of it is done, as Lambda does: from the first one that failed on, and
 * halved where that is the very first, until the culprit is alone. Once that has failed too often it
 * is given up with a line in the log, which stands for the dead letters of AWS.
 */
export async function deliver(
  records: readonly ChangeRecord[],
  options: DeliveryOptions,
): Promise<void> {
  let rest = records;
  for (let failures = 0; rest.length > 0 && !options.signal.aborted;) {
    await pauseAfter(failures, options);
    const handled = await attempt(rest, options);
    if (handled === 0 && rest.length > 1) return deliverHalves(rest, options);
    failures = handled === 0 ? failures + 1 : 0;
    if (failures > CHANGE_SOURCE.retries) return giveUp(rest, options);
    done(rest.slice(0, handled), options);
    rest = rest.slice(handled);
  }
}

async function deliverHalves(
  records: readonly ChangeRecord[],
  options: DeliveryOptions,
): Promise<void> {
  const half = Math.ceil(records.length / 2);
  await pauseAfter(1, options);
  await deliver(records.slice(0, half), options);
  await deliver(records.slice(half), options);
}

/** How many of the first were handled. */
async function attempt(
  records: readonly ChangeRecord[],
  { handler, source, log }: DeliveryOptions,
): Promise<number> {
  try {
    const { batchItemFailures } = await handler({
      Records: records.map((record) => toDynamoRecord(record, source)),
    });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const first = records.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
    if (first >= 0) return first;
    return failed.size > 0 ? 0 : records.length;
  } catch (error) {
    log.warn("A batch of changes failed", { ...rangeOf(records), ...describeError(error) });
    return 0;
  }
}

function giveUp(records: readonly ChangeRecord[], options: DeliveryOptions): void {
  options.log.error("Changes were given up: nobody is told of them", rangeOf(records));
  done(records, options);
}

function done(records: readonly ChangeRecord[], { onDone }: DeliveryOptions): void {
  const last = records.at(-1);
  if (last) onDone(last.dynamodb.SequenceNumber);
}

async function pauseAfter(failures: number, options: DeliveryOptions): Promise<void> {
  if (failures === 0) return;
  const { firstPauseMs = FIRST_PAUSE_MS, signal } = options;
  const pauseMs = Math.min(MAX_PAUSE_MS, firstPauseMs * 2 ** failures);
  await delay(pauseMs, undefined, { signal }).catch(() => undefined);
}

const rangeOf = (records: readonly ChangeRecord[]) => ({
  from: records.at(0)?.dynamodb.SequenceNumber,
  to: records.at(-1)?.dynamodb.SequenceNumber,
});

function toDynamoRecord(
  record: ChangeRecord,
  { arn, region }: DeliveryOptions["source"],
): DynamoDBRecord {
  return {
    ...(record as DynamoDBRecord),
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    eventSourceARN: arn,
    awsRegion: region,
  };
}
