import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import { describeStore } from "@berth/testing/store-contract";
import { afterAll, beforeAll, describe } from "vitest";
import { createStore } from "../create-store.ts";
import { createDynamoClient } from "./client.ts";
import { ensureTable } from "./schema.ts";
import { createDynamoTable } from "./table.ts";

describe.each([1, 5])("the store in DynamoDB, in %i shards", (shards) => {
  let server: DynaliteServer;
  let tables = 0;
  beforeAll(async () => {
    server = await startDynalite();
  });
  afterAll(() => server.close());

  describeStore({
    createStore,
    shards,
    makeTable: async () => {
      const client = createDynamoClient({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      });
      tables += 1;
      const tableName = `contract-${tables}`;
      await ensureTable(client, tableName);
      return createDynamoTable({ client, tableName, shards });
    },
  });
});
