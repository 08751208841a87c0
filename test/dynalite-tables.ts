import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import type { Table } from "@berth/store/table";
import { startDynalite } from "@berth/testing/dynalite-server";

/** Makes empty tables in an embedded DynamoDB of its own, which ends with the process. */
export async function dynaliteTables(): Promise<() => Promise<Table>> {
  const { endpoint } = await startDynalite();
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  let tables = 0;
  return async () => {
    tables += 1;
    const tableName = `table-${tables}`;
    await ensureTable(client, tableName);
    return createDynamoTable({ client, tableName });
  };
}
