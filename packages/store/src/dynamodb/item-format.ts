import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { groupHash } from "@berth/domain/group-hash";
import type { Item, Key } from "../table.ts";

export type Attributes = Record<string, AttributeValue>;

/** An item as it is stored: with the shard of the `due` index that it belongs to, of so many. */
export function toAttributes(item: Item, dueShards: number): Attributes {
  const stored = item.due === undefined ? item : { ...item, dueShard: dueShardOf(item, dueShards) };
  return marshall(stored, { removeUndefinedValues: true });
}

export function toItem(attributes: Attributes): Item {
  const { dueShard: _, ...rest } = attributes;
  return unmarshall(rest) as Item;
}

export const toKeyAttributes = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });

/** By a hash, so that the busy partitions of a cluster spread over all shards. */
export function dueShardOf({ pk, sk }: Key, shards: number): string {
  return String(Number.parseInt(groupHash(`${pk}\n${sk}`), 16) % shards);
}
