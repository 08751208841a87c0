import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SupervisedProcess } from "../supervisor/supervised-process.ts";
import { socketClientConfig } from "./socket-client.ts";

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};
const key = { pk: { S: "cluster#default" } };

let directory: string;
let socketPath: string;
let dynamodb: SupervisedProcess;
let client: DynamoDBClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-dynamodb-"));
  socketPath = join(directory, "dynamodb.sock");
  dynamodb = new SupervisedProcess({
    name: "dynamodb",
    program: fileURLToPath(new URL("./dynamodb-program.ts", import.meta.url)),
    args: [join(directory, "data"), socketPath],
    env: {},
    logFile: join(directory, "dynamodb.log"),
    onChange: () => undefined,
  });
  await dynamodb.start();
  client = new DynamoDBClient(socketClientConfig(socketPath, identity));
  await client.send(
    new CreateTableCommand({
      TableName: "berth",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    }),
  );
  // A table takes nothing before it is ACTIVE, which comes a moment later.
  await vi.waitUntil(async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "berth" }));
    return Table?.TableStatus === "ACTIVE";
  });
});
afterEach(async () => {
  await dynamodb.stop();
  client.destroy();
  rmSync(directory, { recursive: true, force: true });
});

test("is back with everything it acknowledged after kill -9, and its clients notice nothing", async () => {
  await client.send(new PutItemCommand({ TableName: "berth", Item: { ...key, n: { N: "7" } } }));
  const { pid } = dynamodb.entry();
  process.kill(pid ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(dynamodb.entry().restarts).toBe(1));
  const { Item } = await client.send(new GetItemCommand({ TableName: "berth", Key: key }));
  expect(Item?.["n"]).toEqual({ N: "7" });
  expect(dynamodb.entry().pid).not.toBe(pid);
});

test("throttles for a moment at SIGUSR2, which clients wait out", async () => {
  const { pid } = dynamodb.entry();
  process.kill(pid ?? 0, "SIGUSR2");
  const impatient = new DynamoDBClient({
    ...socketClientConfig(socketPath, identity),
    maxAttempts: 1,
  });
  const get = new GetItemCommand({ TableName: "berth", Key: key });
  await vi.waitFor(() =>
    expect(impatient.send(get)).rejects.toThrow("provisioned throughput for the table"),
  );
  await client.send(get);
});

test("survives a client that goes away in the middle of a body", async () => {
  const { pid } = dynamodb.entry();
  const socket = createConnection(socketPath);
  await once(socket, "connect");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{");
  socket.destroy();
  await client.send(new GetItemCommand({ TableName: "berth", Key: key }));
  expect(dynamodb.entry()).toEqual({ name: "dynamodb", pid, restarts: 0 });
});
