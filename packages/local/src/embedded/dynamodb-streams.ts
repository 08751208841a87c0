import type { Answer } from "./dynamodb-operations.ts";
import type { ChangeLog } from "./change-log.ts";

const MAX_RECORDS = 1_000;

/**
 * DynamoDB Streams over the change log, as far as a poller needs it: GetShardIterator from the oldest
 * change, after one or from the latest on, and GetRecords. All changes are one shard that is never closed; an iterator is
 * the sequence number to go on after.
 */
export async function answerStreamOperation(
  log: ChangeLog,
  name: string,
  body: string,
): Promise<Answer> {
  const input = JSON.parse(body) as StreamInput;
  switch (name) {
    case "GetShardIterator":
      return ok({ ShardIterator: iteratorOf(log, input) });
    case "GetRecords":
      return getRecords(log, input);
    default:
      return refused("com.amazon.coral.service#UnknownOperationException");
  }
}

interface StreamInput {
  readonly ShardIteratorType?: "TRIM_HORIZON" | "AFTER_SEQUENCE_NUMBER" | "LATEST";
  readonly SequenceNumber?: string;
  readonly ShardIterator?: string;
  readonly Limit?: number;
}

function iteratorOf(log: ChangeLog, { ShardIteratorType, SequenceNumber }: StreamInput): string {
  if (ShardIteratorType === "LATEST") return String(log.last);
  return ShardIteratorType === "AFTER_SEQUENCE_NUMBER" ? (SequenceNumber ?? "0") : "0";
}

async function getRecords(
  log: ChangeLog,
  { ShardIterator = "0", Limit = MAX_RECORDS }: StreamInput,
): Promise<Answer> {
  const records = await log.read(Number(ShardIterator), Math.min(Limit, MAX_RECORDS));
  if (!records) return refused(`${STREAMS}#TrimmedDataAccessException`);
  const last = records.at(-1)?.dynamodb.SequenceNumber;
  return ok({ Records: records, NextShardIterator: last ?? ShardIterator });
}

const STREAMS = "com.amazonaws.dynamodb.v20120810";
const ok = (output: object): Answer => ({ status: 200, output });
const refused = (type: string): Answer => ({ status: 400, output: { __type: type } });
