import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueues } from "@berth/aws/create-queues";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDynamoDB } from "../embedded/dynamodb-server.ts";
import { startSqs } from "../embedded/sqs-server.ts";
import { startServiceGateway } from "./service-gateway.ts";

const credentials = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" };
const region = "us-east-1";

let directory: string;
let endpoint: string;
const servers: (Server | { close(): unknown })[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-gateway-"));
  const [dynamodbSocket, sqsSocket] = ["d.sock", "s.sock"].map((name) => join(directory, name));
  const sockets = { dynamodbSocket: dynamodbSocket ?? "", sqsSocket: sqsSocket ?? "" };
  servers.push(await startDynamoDB(join(directory, "data"), sockets.dynamodbSocket));
  servers.push(await startSqs(sockets.sqsSocket));
  const gateway = await startServiceGateway({ ...sockets, credentials });
  servers.push(gateway.server);
  endpoint = gateway.endpoint;
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

test("hands signed requests to DynamoDB and SQS", async () => {
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  await ensureTable(dynamodb, "berth");
  expect(await dynamodb.send(new ScanCommand({ TableName: "berth" }))).toMatchObject({ Count: 0 });
  const sqs = new SQSClient({ endpoint, region, credentials });
  await createQueues(sqs, "berth");
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "berth-timers" }));
  expect(QueueUrl).toContain("berth-timers");
});

test.each([
  [{ ...credentials, secretAccessKey: "another" }, "InvalidSignatureException"],
  [{ ...credentials, accessKeyId: "AKIA1111111111111111" }, "UnrecognizedClientException"],
])("lets nobody else in: %j", async (others, name) => {
  const stranger = new DynamoDBClient({ endpoint, region, credentials: others });
  await expect(stranger.send(new ListTablesCommand({}))).rejects.toMatchObject({ name });
});

test.each(["DynamoDB_20120810.ListTables", "AmazonSQS.ListQueues", "Else.What"])(
  "refuses %s without a signature",
  async (target) => {
    const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.0" };
    const answer = await fetch(endpoint, { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toHaveProperty("__type");
  },
);
