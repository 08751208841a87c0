import { setTimeout as sleep } from "node:timers/promises";
import type { Item, Key } from "../table.ts";
import { type Attributes, toItem, toKeyAttributes } from "./item-format.ts";
import { canBeKey } from "./key-limits.ts";
import { backOffMs, type Send } from "./send.ts";

/** What one BatchGetItem takes. Source: DynamoDB API reference, BatchGetItem. */
const BATCH_SIZE = 100;

/** Reads any number of items by key, each once, however much DynamoDB gives at a time. */
export async function batchGet(
  send: Send,
  { tableName, keys, consistent }: BatchGetRequest,
): Promise<readonly Item[]> {
  const possible = keys.filter(canBeKey);
  const distinct = [...new Map(possible.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const items: Item[] = [];
  for (let start = 0; start < distinct.length; start += BATCH_SIZE) {
    let wanted: Attributes[] = distinct.slice(start, start + BATCH_SIZE).map(toKeyAttributes);
    for (let attempt = 1; wanted.length > 0; attempt += 1) {
      const { Responses, UnprocessedKeys } = await send("BatchGetItem", {
        RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: consistent } },
      });
      const found = Responses?.[tableName] ?? [];
      items.push(...found.map(toItem));
      wanted = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (wanted.length > 0 && found.length === 0) await sleep(backOffMs(attempt));
    }
  }
  return items;
}

export interface BatchGetRequest {
  readonly tableName: string;
  readonly keys: readonly Key[];
  readonly consistent: boolean;
}
