import { setTimeout as delay } from "node:timers/promises";
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { TTL_ATTRIBUTE } from "@berth/store/dynamodb/schema";

export interface ExpiryOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Small pages with pauses between them: nobody waits for this, and others want the table. */
const PAGE_SIZE = 200;
const PAUSE_MS = 50;

/**
 * Deletes the items whose time is over, as DynamoDB does by itself on AWS and its embedded stand-in
 * does not. An item whose time was moved meanwhile stays. Returns how many it deleted.
 */
export async function deleteExpired(options: ExpiryOptions): Promise<number> {
  const { client, tableName, signal } = options;
  const nowSeconds = String(Math.floor(options.now() / 1_000));
  let deleted = 0;
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        Limit: PAGE_SIZE,
        ExclusiveStartKey: startKey,
        ProjectionExpression: "pk, sk",
        FilterExpression: "#ttl < :now",
        ExpressionAttributeNames: { "#ttl": TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ":now": { N: nowSeconds } },
      }),
    );
    const outcomes = await Promise.all(
      (page.Items ?? []).map(async (key) => deleteIfExpired(options, key, nowSeconds)),
    );
    deleted += outcomes.filter(Boolean).length;
    startKey = page.LastEvaluatedKey;
    await delay(PAUSE_MS);
  } while (startKey && !signal.aborted);
  return deleted;
}

async function deleteIfExpired(
  { client, tableName }: ExpiryOptions,
  key: Record<string, AttributeValue>,
  nowSeconds: string,
): Promise<boolean> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key: key,
        ConditionExpression: "#ttl < :now",
        ExpressionAttributeNames: { "#ttl": TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ":now": { N: nowSeconds } },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
