import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DueKey, Item, ListedKey, Page, QueryOptions, Table, WriteOutcome } from "../table.ts";
import { batchGet } from "./batch-get.ts";
import { toAttributes, toItem, toKeyAttributes } from "./item-format.ts";
import { meterSend, type OnConsumed } from "./meter.ts";
import { getFrom } from "./get.ts";
import { pageOf, queryInput, type QuerySource } from "./query.ts";
import { DUE_INDEX, LISTING_INDEX } from "./schema.ts";
import { createSend, isFailedCondition, type Send } from "./send.ts";

export interface DynamoTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Of the index of marks; one where it is absent. It stays what it was when the table was made. */
  readonly shards?: number;
  /** Told the request units of each operation; makes them dearer: for tests and benchmarks. */
  readonly onConsumed?: OnConsumed;
}

/** The table in DynamoDB. Uses nothing that the embedded server lacks: see docs/STORE.md. */
export function createDynamoTable(options: DynamoTableOptions): Table {
  const { client, tableName, shards = 1, onConsumed } = options;
  const plainSend = createSend(client);
  const send = onConsumed ? meterSend(plainSend, onConsumed) : plainSend;
  const items: QuerySource = { tableName, pkName: "pk", skName: "sk" };
  const listing: QuerySource = {
    tableName,
    index: LISTING_INDEX,
    pkName: "listPk",
    skName: "listSk",
  };
  const put = (item: Item, condition: Condition) =>
    outcomeOf(
      send("PutItem", { TableName: tableName, Item: toAttributes(item, shards), ...condition }),
    );

  const get = getFrom(send, tableName);

  return {
    get,

    getMany: async (keys, { consistent = false } = {}) => {
      const [first, ...others] = keys;
      if (!first || others.length > 0) return batchGet(send, { tableName, keys, consistent });
      const item = await get(first, { consistent });
      return item ? [item] : [];
    },

    create: (item) => put(item, isAbsent),

    replace: (item) => put({ ...item, version: item.version + 1 }, hasVersion(item.version)),

    delete: (key, version) =>
      outcomeOf(
        send("DeleteItem", {
          TableName: tableName,
          Key: toKeyAttributes(key),
          ...isAbsentOrHasVersion(version),
        }),
      ),

    query: (pk, options = {}) => queryPage<Item>(send, items, { pk, options }),

    list: async (listPk, options = {}) => {
      const page = await queryPage<ListedKey>(send, listing, { pk: listPk, options });
      return { ...page, items: page.items.map(({ pk, sk, listSk }) => ({ pk, sk, listSk })) };
    },

    overdue: async (now, limit) => {
      const pages = await Promise.all(
        Array.from({ length: shards }, (_, shard) =>
          overdueOfShard(send, { tableName, shard: String(shard), now, limit }),
        ),
      );
      return pages
        .flat()
        .toSorted((a, b) => a.due - b.due)
        .slice(0, limit);
    },
  };
}

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Record<string, { readonly N: string }>;
}

const isAbsent: Condition = { ConditionExpression: "attribute_not_exists(pk)" };

const hasVersion = (version: number): Condition => ({
  ConditionExpression: "version = :version",
  ExpressionAttributeValues: { ":version": { N: String(version) } },
});

const isAbsentOrHasVersion = (version: number): Condition => ({
  ...hasVersion(version),
  ConditionExpression: "attribute_not_exists(pk) OR version = :version",
});

async function outcomeOf(write: Promise<unknown>): Promise<WriteOutcome> {
  try {
    await write;
    return "ok";
  } catch (error) {
    if (isFailedCondition(error)) return "conflict";
    throw error;
  }
}

async function queryPage<T extends object>(
  send: Send,
  source: QuerySource,
  { pk, options }: { readonly pk: string; readonly options: QueryOptions },
): Promise<Page<T>> {
  const input = queryInput(source, pk, options);
  return input ? pageOf<T>(source, options, await send("Query", input)) : { items: [] };
}

async function overdueOfShard(
  send: Send,
  request: {
    readonly tableName: string;
    readonly shard: string;
    readonly now: number;
    readonly limit: number;
  },
): Promise<readonly DueKey[]> {
  const { Items = [] } = await send("Query", {
    TableName: request.tableName,
    IndexName: DUE_INDEX,
    KeyConditionExpression: "dueShard = :shard AND due <= :now",
    ExpressionAttributeValues: { ":shard": { S: request.shard }, ":now": { N: `${request.now}` } },
    Limit: request.limit,
  });
  return Items.map((each) => toItem(each) as unknown as DueKey);
}
