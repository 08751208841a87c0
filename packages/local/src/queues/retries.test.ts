import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createMessagePauses } from "@berth/aws/message-pauses";
import { createQueueHandler } from "@berth/functions/queue";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { socketClientConfig } from "../embedded/socket-client.ts";
import { startSqs } from "../embedded/sqs-server.ts";
import { startPoller } from "./poller.ts";

/** Far beyond what a test waits for: who comes again was brought back by the function. */
const VISIBILITY_TIMEOUT = "180";
const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};

let directory: string;
let sqs: Awaited<ReturnType<typeof startSqs>>;
let client: SQSClient;
let poller: ReturnType<typeof startPoller> | undefined;
/** Each try, in the order in which it came, and when. */
let tries: { readonly service: string; readonly at: number }[];

beforeEach(async () => {
  tries = [];
  directory = mkdtempSync(join(tmpdir(), "berth-retries-"));
  const socketPath = join(directory, "sqs.sock");
  sqs = await startSqs(socketPath);
  client = new SQSClient(socketClientConfig(socketPath, identity));
});
afterEach(async () => {
  await poller?.stop();
  await sqs.close();
  client.destroy();
  rmSync(directory, { recursive: true, force: true });
});

async function createQueue(name: string, attributes: Record<string, string> = {}) {
  const FifoQueue = name.endsWith(".fifo") ? { FifoQueue: "true" } : {};
  const { QueueUrl = "" } = await client.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { ...FifoQueue, VisibilityTimeout: VISIBILITY_TIMEOUT, ...attributes },
    }),
  );
  return QueueUrl;
}

/** Sends wake-ups `group/service`, each at the end of its group. */
async function send(queueUrl: string, ...wakes: readonly string[]): Promise<void> {
  for (const wake of wakes) {
    const [group, service] = wake.split("/");
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ kind: "service", cluster: "default", service }),
        ...(queueUrl.endsWith(".fifo") && {
          MessageGroupId: group,
          MessageDeduplicationId: wake,
        }),
      }),
    );
  }
}

/** Reads the queue as Lambda does, with the function that is deployed. */
function start(queueUrl: string, failures: Readonly<Record<string, number>>): void {
  const log = { info: () => undefined, warn: expect.unreachable, error: () => undefined };
  const handler = createQueueHandler({
    handle: async (message) => {
      const service = message.kind === "service" ? message.service : "";
      tries.push({ service, at: Date.now() });
      const soFar = tries.filter((each) => each.service === service).length;
      if (soFar <= (failures[service] ?? 0)) throw new Error("no table");
    },
    pause: createMessagePauses(client, queueUrl),
    metrics: { record: () => undefined },
    log,
  });
  poller = startPoller({
    client,
    queueUrl,
    queueArn: `arn:aws:sqs:us-east-1:000000000000:${queueUrl.split("/").at(-1)}`,
    region: "us-east-1",
    handler,
    createQueue: expect.unreachable,
    maxConcurrency: 8,
    log: expect.unreachable,
  });
}

const seen = () => tries.map(({ service }) => service);
const secondsBetween = (service: string) => {
  const times = tries.filter((each) => each.service === service).map(({ at }) => at);
  return times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1_000));
};

test("a group whose wake-up fails comes again after pauses that grow, in its order", async () => {
  const queueUrl = await createQueue("wakes.fifo");
  await send(queueUrl, "g/first", "g/fails", "g/behind", "other/quick");
  start(queueUrl, { fails: 2 });
  await vi.waitFor(() => expect(seen()).toContain("behind"), { timeout: 10_000 });
  expect(seen().filter((service) => service !== "quick")).toEqual([
    "first",
    "fails",
    "fails",
    "fails",
    "behind",
  ]);
  expect(secondsBetween("fails")).toEqual([1, 2]);
  expect(seen().indexOf("quick")).toBeLessThan(seen().lastIndexOf("fails"));
});

test("so does a wake-up of a queue without groups, which nobody waits for", async () => {
  const queueUrl = await createQueue("timers");
  await send(queueUrl, "-/fails", "-/quick");
  start(queueUrl, { fails: 2 });
  await vi.waitFor(() => expect(secondsBetween("fails")).toEqual([1, 2]), { timeout: 10_000 });
  expect(seen().filter((service) => service === "quick")).toHaveLength(1);
});

test("what fails every time ends with the dead letters, and its group goes on", async () => {
  const deadLettersUrl = await createQueue("dead.fifo");
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLettersUrl, AttributeNames: ["QueueArn"] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: Attributes?.["QueueArn"],
    maxReceiveCount: 3,
  });
  const queueUrl = await createQueue("wakes.fifo", { RedrivePolicy });
  await send(queueUrl, "g/fails");
  start(queueUrl, { fails: 1_000 });
  await vi.waitFor(() => expect(seen()).toHaveLength(3), { timeout: 10_000 });
  await send(queueUrl, "g/later");
  await vi.waitFor(() => expect(seen()).toContain("later"), { timeout: 15_000 });
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl: deadLettersUrl }),
  );
  expect(Messages.map(({ Body }) => JSON.parse(Body ?? "") as unknown)).toEqual([
    { kind: "service", cluster: "default", service: "fails" },
  ]);
  expect(seen()).toEqual(["fails", "fails", "fails", "later"]);
});
