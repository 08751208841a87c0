import { createHash } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { toldEventsItem } from "../repositories/event-history.ts";
import { toAttributes } from "./item-format.ts";
import { createSend } from "./send.ts";

/** Writes events where those who follow them read (ADR 0029). */
export interface EventHistory {
  /** In their order; a batch that is written again later is told again. */
  add(events: readonly unknown[]): Promise<void>;
}

/** An item holds 400 KB, and a task's event that shows everything 20 before it is zipped. */
const EVENTS_PER_ITEM = 50;
const DIGEST_DIGITS = 12;

/** For a function that may do nothing else to the table: its bundle holds no other write than this. */
export function createEventHistory(
  client: DynamoDBClient,
  tableName: string,
  now: () => number,
): EventHistory {
  const send = createSend(client);
  return {
    async add(events) {
      for (let start = 0; start < events.length; start += EVENTS_PER_ITEM) {
        const some = events.slice(start, start + EVENTS_PER_ITEM);
        const digest = createHash("sha256").update(JSON.stringify(some)).digest("hex");
        const item = toldEventsItem({
          at: now(),
          digest: digest.slice(0, DIGEST_DIGITS),
          events: some,
        });
        await send("PutItem", { TableName: tableName, Item: toAttributes(item, 1) });
      }
    },
  };
}
