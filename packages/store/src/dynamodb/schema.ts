import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";

/** Sparse: items with something still to be done. Sharded, as one key would carry all writes. */
export const DUE_INDEX = "due";
/** Sparse: items that are listed by something else than their key. */
export const LISTING_INDEX = "listing";
/** Epoch seconds. On AWS this is the table's TTL attribute. */
export const TTL_ATTRIBUTE = "expiresAt";

/** The single table: keys only in both indexes, paid by request. */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
      { AttributeName: "dueShard", AttributeType: "S" },
      { AttributeName: "due", AttributeType: "N" },
      { AttributeName: "listPk", AttributeType: "S" },
      { AttributeName: "listSk", AttributeType: "S" },
    ],
    KeySchema: keySchema("pk", "sk"),
    GlobalSecondaryIndexes: [
      {
        IndexName: DUE_INDEX,
        KeySchema: keySchema("dueShard", "due"),
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
      {
        IndexName: LISTING_INDEX,
        KeySchema: keySchema("listPk", "listSk"),
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  };
}

/** Makes the table where there is none yet, and returns once it can be used. */
export async function ensureTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(tableName)));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ResourceInUseException") throw error;
  }
  await waitUntilTableExists(
    { client, maxWaitTime: TABLE_WAIT_SECONDS, minDelay: 1, maxDelay: 1 },
    { TableName: tableName },
  );
}

const TABLE_WAIT_SECONDS = 60;

const keySchema = (hash: string, range: string): CreateTableCommandInput["KeySchema"] => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];
