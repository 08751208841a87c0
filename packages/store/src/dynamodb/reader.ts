import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStoreReader } from "../create-reader.ts";
import type { StoreReader } from "../store.ts";
import { getFrom } from "./get.ts";
import { createSend } from "./send.ts";

/** For a function that writes nothing: its bundle holds no other operation than GetItem. */
export function createDynamoReader(client: DynamoDBClient, tableName: string): StoreReader {
  return createStoreReader({ get: getFrom(createSend(client), tableName) });
}
