import type { ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import type { Item } from "../table.ts";
import { toItem } from "./item-format.ts";
import { itemSize, writeUnits } from "./item-size.ts";
import { isFailedCondition, type OperationName, type Operations, type Send } from "./send.ts";

/** Request units of one operation: what DynamoDB bills on demand. */
export interface ConsumedUnits {
  readonly reads: number;
  readonly writes: number;
}

export type OnConsumed = (operation: OperationName, units: ConsumedUnits) => void;

/**
 * Tells the request units of each operation. Those of the indexes and of refused writes are worked
 * out here: the embedded server does not count the first and nobody reports the second. Asks
 * DynamoDB for more than is needed otherwise: for tests and benchmarks.
 */
export function meterSend(send: Send, onConsumed: OnConsumed): Send {
  return async (operation, input) => {
    const write = isWrite(operation) ? (input as WriteInput) : undefined;
    try {
      const output = await send(operation, {
        ...input,
        ReturnConsumedCapacity: "INDEXES",
        ...(write && { ReturnValues: "ALL_OLD" }),
      });
      onConsumed(operation, {
        reads: write ? 0 : Math.max(leastReadUnits(input), readUnits(output.ConsumedCapacity)),
        writes: write ? acceptedWriteUnits(write, output as WriteOutput) : 0,
      });
      return output;
    } catch (error) {
      if (write && isFailedCondition(error)) {
        onConsumed(operation, { reads: 0, writes: refusedWriteUnits(write) });
      }
      throw error;
    }
  };
}

/** Units of changing the indexes: their entries hold keys only, so they are always below 1 KiB. */
function indexWriteUnits(before: IndexKeys, after: IndexKeys): number {
  return entryUnits(before.due, after.due) + entryUnits(listingKey(before), listingKey(after));
}

type IndexKeys = Pick<Partial<Item>, "due" | "listPk" | "listSk">;

type WriteOutput = Pick<Operations["PutItem"]["output"], "Attributes" | "ConsumedCapacity">;
type WriteInput = Operations["PutItem"]["input"] | Operations["DeleteItem"]["input"];

const isWrite = (operation: OperationName) => operation === "PutItem" || operation === "DeleteItem";

/** What finding nothing costs; the embedded server takes an empty query for free. */
const leastReadUnits = (input: Operations[OperationName]["input"]) =>
  "ConsistentRead" in input && input.ConsistentRead ? 1 : 0.5;

function readUnits(capacity: ConsumedCapacity | readonly ConsumedCapacity[] = []): number {
  const all: readonly ConsumedCapacity[] = Array.isArray(capacity) ? capacity : [capacity];
  return all.reduce((total, each) => total + (each.CapacityUnits ?? 0), 0);
}

function acceptedWriteUnits(input: WriteInput, output: WriteOutput): number {
  const before = output.Attributes ? toItem(output.Attributes) : {};
  const after = "Item" in input && input.Item ? toItem(input.Item) : {};
  const tableUnits = output.ConsumedCapacity?.Table?.CapacityUnits;
  return (tableUnits ?? 0) + indexWriteUnits(before, after);
}

/** A refused write is billed by size all the same. Source: developer guide, "Condition expressions". */
function refusedWriteUnits(input: WriteInput): number {
  return writeUnits("Item" in input && input.Item ? itemSize(toItem(input.Item)) : 0);
}

const listingKey = ({ listPk, listSk }: IndexKeys) =>
  listPk === undefined || listSk === undefined ? undefined : `${listPk}\n${listSk}`;

/** A changed key is a delete and a put. */
function entryUnits<T>(before: T | undefined, after: T | undefined): number {
  if (before === after) return 0;
  return (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1);
}
