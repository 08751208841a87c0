import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createStsClient } from "@berth/aws/clients";
import { createQueues } from "@berth/aws/create-queues";
import { createRoleKeys } from "@berth/aws/role-keys";
import { createKmsOpener } from "@berth/aws/kms-opener";
import { createKmsSealer } from "@berth/aws/kms-sealer";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDynamoDB } from "../embedded/dynamodb-server.ts";
import { kmsKey } from "../embedded/kms-key.ts";
import { KMS_KEY_ID, startKms } from "../embedded/kms-server.ts";
import { startSqs } from "../embedded/sqs-server.ts";
import { type IssueKeys, startSts } from "../embedded/sts-server.ts";
import { startServiceGateway } from "./service-gateway.ts";

const credentials = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" };
const region = "us-east-1";

const issue: IssueKeys = async ({ sessionName, durationMs }) => ({
  accessKeyId: sessionName,
  secretAccessKey: String(durationMs),
  sessionToken: "token",
  expiresAt: 0,
});

let directory: string;
let endpoint: string;
const servers: (Server | { close(): unknown })[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-gateway-"));
  const sockets = {
    dynamodbSocket: join(directory, "d.sock"),
    sqsSocket: join(directory, "s.sock"),
    kmsSocket: join(directory, "k.sock"),
    stsSocket: join(directory, "t.sock"),
  };
  servers.push(await startDynamoDB(join(directory, "data"), sockets.dynamodbSocket));
  servers.push(await startSqs(sockets.sqsSocket));
  servers.push(await startKms(kmsKey(join(directory, "kms.key")), sockets.kmsSocket));
  servers.push(await startSts(sockets.stsSocket, issue, () => undefined));
  const gateway = await startServiceGateway({ ...sockets, credentials });
  servers.push(gateway.server);
  endpoint = gateway.endpoint;
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

test("hands signed requests to DynamoDB, SQS, STS and KMS", async () => {
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  await ensureTable(dynamodb, "berth");
  expect(await dynamodb.send(new ScanCommand({ TableName: "berth" }))).toMatchObject({ Count: 0 });
  const sqs = new SQSClient({ endpoint, region, credentials });
  await createQueues(sqs, "berth");
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "berth-timers" }));
  expect(QueueUrl).toContain("berth-timers");
  const roleKeys = createRoleKeys({
    client: createStsClient({ endpoint, region, credentials }),
    now: () => 0,
    onFailure: (_, error) => expect.fail(String(error)),
  });
  const role = { roleArn: "arn:aws:iam::123456789012:role/app", sessionName: "task" };
  expect(await roleKeys.assume({ ...role, durationMs: 60_000 })).toEqual(
    await issue({ ...role, durationMs: 60_000 }),
  );
  const kms = new KMSClient({ endpoint, region, credentials });
  const sealed = await createKmsSealer(kms, KMS_KEY_ID).seal("secret", "AKIA1");
  expect(await createKmsOpener(kms, KMS_KEY_ID).open(sealed, "AKIA1")).toBe("secret");
});

test.each([
  [{ ...credentials, secretAccessKey: "another" }, "InvalidSignatureException"],
  [{ ...credentials, accessKeyId: "AKIA1111111111111111" }, "UnrecognizedClientException"],
])("lets nobody else in: %j", async (others, name) => {
  const stranger = new DynamoDBClient({ endpoint, region, credentials: others });
  await expect(stranger.send(new ListTablesCommand({}))).rejects.toMatchObject({ name });
});

test.each([
  "DynamoDB_20120810.ListTables",
  "AmazonSQS.ListQueues",
  "TrentService.Decrypt",
  "Else.What",
])("refuses %s without a signature", async (target) => {
  const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.0" };
  const answer = await fetch(endpoint, { method: "POST", headers, body: "{}" });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toHaveProperty("__type");
});

test("refuses STS without a signature", async () => {
  const body = new URLSearchParams({ Action: "AssumeRole" });
  const answer = await fetch(endpoint, { method: "POST", body });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { __type: "MissingAuthenticationTokenException" },
  ]);
});

test("cuts a request off whose service dies while it answers, for its client to send again", async () => {
  const [dynamodbSocket, none] = ["dynamodb", "none"].map((name) =>
    join(directory, `dying-${name}.sock`),
  ) as [string, string];
  const others = { sqsSocket: none, kmsSocket: none, stsSocket: none };
  const dying = createServer((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("{", () => response.destroy());
  });
  dying.listen(dynamodbSocket);
  const gateway = await startServiceGateway({ dynamodbSocket, ...others, credentials });
  servers.push(dying, gateway.server);
  const options = { endpoint: gateway.endpoint, region, credentials, maxAttempts: 1 };
  const scan = new DynamoDBClient(options).send(new ScanCommand({ TableName: "berth" }));
  await expect(scan).rejects.toThrow(/aborted|socket hang up|ECONNRESET/);
});
