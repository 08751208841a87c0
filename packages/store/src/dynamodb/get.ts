import type { Table } from "../table.ts";
import { toItem, toKeyAttributes } from "./item-format.ts";
import { canBeKey } from "./key-limits.ts";
import type { Send } from "./send.ts";

/** Reads one item of a table. */
export function getFrom(send: Send, tableName: string): Table["get"] {
  return async (key, { consistent = false } = {}) => {
    if (!canBeKey(key)) return undefined;
    const { Item } = await send("GetItem", {
      TableName: tableName,
      Key: toKeyAttributes(key),
      ConsistentRead: consistent,
    });
    return Item && toItem(Item);
  };
}
