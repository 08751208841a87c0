import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDynamoDB } from "./dynamodb-server.ts";
import { deleteExpired } from "./expiry.ts";
import { socketClientConfig } from "./socket-client.ts";

const NOW_SECONDS = 1_800_000_000;

let directory: string;
let server: Server;
let client: DynamoDBClient;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-expiry-"));
  const socketPath = join(directory, "dynamodb.sock");
  server = await startDynamoDB(join(directory, "data"), socketPath);
  const credentials = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" };
  client = new DynamoDBClient(socketClientConfig(socketPath, { region: "us-east-1", credentials }));
  await ensureTable(client, "berth");
});
afterEach(() => {
  client.destroy();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const put = async (sk: string, expiresAt?: number) =>
  client.send(
    new PutItemCommand({
      TableName: "berth",
      Item: {
        pk: { S: "p" },
        sk: { S: sk },
        ...(expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }),
      },
    }),
  );

test("deletes what expired, over several pages, and nothing else", async () => {
  await put("eternal");
  await put("later", NOW_SECONDS + 1);
  const names = Array.from({ length: 450 }, (_, index) => `old-${index}`);
  await Promise.all(names.map(async (name) => put(name, NOW_SECONDS - 1)));
  const deleted = await deleteExpired({
    client,
    tableName: "berth",
    now: () => NOW_SECONDS * 1_000,
    signal: new AbortController().signal,
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: "berth" }));
  expect(deleted).toBe(450);
  expect(new Set(Items.map((item) => item["sk"]?.S))).toEqual(new Set(["eternal", "later"]));
});
