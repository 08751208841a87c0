import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { socketClientConfig } from "../embedded/socket-client.ts";
import { startSqs } from "../embedded/sqs-server.ts";
import { startPoller } from "./poller.ts";

const QUEUE_URL = "http://sqs.us-east-1.localhost/000000000000/wakes.fifo";
const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};

let directory: string;
let socketPath: string;
let sqs: Awaited<ReturnType<typeof startSqs>>;
let client: SQSClient;
let poller: ReturnType<typeof startPoller> | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-poller-"));
  socketPath = join(directory, "sqs.sock");
  sqs = await startSqs(socketPath);
  client = new SQSClient(socketClientConfig(socketPath, identity));
  await createQueue();
});
afterEach(async () => {
  await poller?.stop();
  await sqs.close();
  client.destroy();
  rmSync(directory, { recursive: true, force: true });
});

const createQueue = async () =>
  client.send(
    new CreateQueueCommand({
      QueueName: "wakes.fifo",
      Attributes: { FifoQueue: "true", VisibilityTimeout: "1" },
    }),
  );

const send = async (body: string, group: string) =>
  client.send(
    new SendMessageCommand({
      QueueUrl: QUEUE_URL,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: `${body}-${Math.random()}`,
    }),
  );

function start(handler: (event: SQSEvent) => Promise<SQSBatchResponse>, maxConcurrency = 8) {
  poller = startPoller({
    client,
    queueUrl: QUEUE_URL,
    queueArn: "arn:aws:sqs:us-east-1:000000000000:wakes.fifo",
    region: "us-east-1",
    handler,
    createQueue,
    maxConcurrency,
    log: () => undefined,
  });
}

const allDone: SQSBatchResponse = { batchItemFailures: [] };
const bodies = (event: SQSEvent) => event.Records.map((record) => record.body);

test("hands over what Lambda's event source mapping would", async () => {
  const seen: SQSEvent[] = [];
  start(async (event) => {
    seen.push(event);
    return allDone;
  });
  await send("hello", "g");
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect(seen[0]?.Records[0]).toMatchObject({
    body: "hello",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:wakes.fifo",
    awsRegion: "us-east-1",
    attributes: { MessageGroupId: "g", ApproximateReceiveCount: "1" },
  });
});

test("deletes what succeeded; what failed comes again after the visibility timeout", async () => {
  const seen: string[] = [];
  start(async (event) => {
    const isFirstAttempt = !seen.includes("bad");
    seen.push(...bodies(event));
    const failed = event.Records.filter((each) => each.body === "bad" && isFirstAttempt);
    return { batchItemFailures: failed.map((each) => ({ itemIdentifier: each.messageId })) };
  });
  await Promise.all([send("bad", "a"), send("good", "b")]);
  const longerThanTwoTimeoutsMs = 2_500;
  await delay(longerThanTwoTimeoutsMs);
  expect(seen.toSorted()).toEqual(["bad", "bad", "good"]);
});

test("a handler that throws loses no message", async () => {
  let attempts = 0;
  start(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error("store is away");
    return allDone;
  });
  await send("x", "g");
  await vi.waitFor(() => expect(attempts).toBe(2), { timeout: 5_000 });
});

test("a group is never in work twice, and others do not wait for it", async () => {
  const inWork = new Map<string, number>();
  const done: string[] = [];
  start(async (event) => {
    for (const record of event.Records) {
      const group = record.attributes.MessageGroupId ?? "";
      inWork.set(group, (inWork.get(group) ?? 0) + 1);
      expect(inWork.get(group)).toBe(1);
      await delay(group === "slow" ? 300 : 1);
      inWork.set(group, 0);
      done.push(record.body);
    }
    return allDone;
  });
  await send("slow-1", "slow");
  await send("slow-2", "slow");
  await delay(50);
  await send("quick", "other");
  await vi.waitFor(() => expect(done).toHaveLength(3));
  expect(done).toEqual(["quick", "slow-1", "slow-2"]);
});

test("makes the queue again when SQS comes back without its memory", async () => {
  const seen: string[] = [];
  start(async (event) => {
    seen.push(...bodies(event));
    return allDone;
  });
  await sqs.close();
  sqs = await startSqs(socketPath);
  await vi.waitFor(async () => send("after", "g"), { timeout: 5_000, interval: 50 });
  await vi.waitFor(() => expect(seen).toEqual(["after"]), { timeout: 5_000 });
});

test("stop waits for what is in work and takes nothing more", async () => {
  let finished = false;
  start(async () => {
    await delay(200);
    finished = true;
    return allDone;
  });
  await send("x", "g");
  await delay(100);
  await poller?.stop();
  expect(finished).toBe(true);
});
