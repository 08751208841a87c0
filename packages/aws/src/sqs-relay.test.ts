import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { WakeMessage } from "@berth/contracts/queue";
import { startFauxqs } from "fauxqs";
import type { FauxqsServer } from "fauxqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSqsClient } from "./clients.ts";
import { createQueues } from "./create-queues.ts";
import type { QueueUrls } from "./create-queues.ts";
import { QUEUES } from "./queues.ts";
import type { Queue } from "./queues.ts";
import { createForgivingRelay, createSqsRelay } from "./sqs-relay.ts";
import type { WakeRelay } from "./sqs-relay.ts";

const SERVICE: WakeMessage = { kind: "service", cluster: "default", service: "web" };
const QUEUED_RUN: WakeMessage = { kind: "queuedRun", cluster: "default", id: "r1" };
const PLACEMENT: WakeMessage = { kind: "placement", cluster: "default" };
const DISPATCH: WakeMessage = {
  kind: "dispatch",
  cluster: "default",
  containerInstanceId: "f".repeat(32),
  taskIds: ["a", "b"],
};

let server: FauxqsServer;
let client: SQSClient;
let queueUrls: QueueUrls;
let relay: WakeRelay;
let now = 0;
let run = 0;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
  client = createSqsClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

beforeEach(async () => {
  queueUrls = await createQueues(client, `berth${(run += 1)}`);
  now = 1_700_000_000_000;
  relay = createSqsRelay({ client, queueUrls, now: () => now });
});

describe("createQueues", () => {
  it("makes each queue with a dead-letter queue behind it", async () => {
    for (const queue of QUEUES) {
      const attributes = await attributesOf(queue);
      expect(attributes.VisibilityTimeout).toBe("30");
      expect(JSON.parse(attributes.RedrivePolicy ?? "")).toEqual({
        deadLetterTargetArn: expect.stringContaining(`berth${run}-${queue}-dead-letters`),
        maxReceiveCount: 10,
      });
    }
  });

  it("gives the coalescing queue its delay, and orders all but the timers", async () => {
    expect((await attributesOf("coalesced")).DelaySeconds).toBe("1");
    expect((await attributesOf("service")).FifoQueue).toBe("true");
    expect((await attributesOf("timers")).FifoQueue).toBeUndefined();
  });

  it("finds again what is there", async () => {
    expect(await createQueues(client, `berth${run}`)).toEqual(queueUrls);
  });
});

describe("a wake-up for now", () => {
  it.each([
    ["service", SERVICE, "default/web"],
    ["placement", PLACEMENT, "default"],
    ["placement", QUEUED_RUN, "default/r1"],
    ["dispatch", DISPATCH, "f".repeat(32)],
  ] as const)(
    "goes to the %s queue, in the group of what is serial",
    async (queue, message, group) => {
      await relay.wake(message);
      const [received] = await receive(queue);
      expect(JSON.parse(received?.Body ?? "")).toEqual(message);
      expect(received?.Attributes?.MessageGroupId).toBe(group);
    },
  );

  it("is never taken for an earlier equal one", async () => {
    await relay.wake(SERVICE);
    await relay.wake(SERVICE);
    expect(await countOf("service")).toBe(2);
  });

  it("fits where the names do not", async () => {
    const long: WakeMessage = {
      kind: "service",
      cluster: "c".repeat(255),
      service: "s".repeat(255),
    };
    await relay.wake(long);
    await relay.wake(long, { kind: "coalesced" });
    const [received] = await receive("service");
    expect(received?.Attributes?.MessageGroupId).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a coalesced wake-up", () => {
  it("arrives once for all of its second, after that second", async () => {
    await relay.wake(SERVICE, { kind: "coalesced" });
    now += 900;
    await relay.wake(SERVICE, { kind: "coalesced" });
    await relay.wake(PLACEMENT, { kind: "coalesced" });
    expect(await receive("coalesced")).toEqual([]);
    expect(await countOf("coalesced", "ApproximateNumberOfMessagesDelayed")).toBe(2);
  });

  it("costs one request for all of its second, and another one after a failure", async () => {
    const sent: string[] = [];
    let isBroken = true;
    const counting = {
      send: async ({ input }: { input: { MessageBody: string } }) => {
        sent.push(input.MessageBody);
        if (isBroken) throw new Error("no queue");
      },
    } as unknown as SQSClient;
    const counted = createSqsRelay({ client: counting, queueUrls, now: () => now });
    const wake = async () => counted.wake(SERVICE, { kind: "coalesced" });
    await expect(wake()).rejects.toThrow("no queue");
    isBroken = false;
    await Promise.all([wake(), wake(), wake()]);
    expect(sent).toHaveLength(2);
  });

  it("is sent again in the next second", async () => {
    await relay.wake(SERVICE, { kind: "coalesced" });
    now += 1000;
    await relay.wake(SERVICE, { kind: "coalesced" });
    expect(await countOf("coalesced", "ApproximateNumberOfMessagesDelayed")).toBe(2);
  });
});

describe("a wake-up for later", () => {
  it.each([0.2, 30, 5000])("waits in the timers queue (%d s)", async (seconds) => {
    await relay.wake(DISPATCH, { kind: "after", seconds });
    expect(await countOf("timers", "ApproximateNumberOfMessagesDelayed")).toBe(1);
  });
});

describe("a forgiving relay", () => {
  const broken: WakeRelay = { wake: () => Promise.reject(new Error("no queue")) };

  it("tells of what it lost and goes on", async () => {
    const lost: unknown[] = [];
    const forgiving = createForgivingRelay(broken, (message, error) => lost.push([message, error]));
    await forgiving.wake(SERVICE);
    expect(lost).toEqual([[SERVICE, new Error("no queue")]]);
  });

  it("sends what can be sent", async () => {
    const forgiving = createForgivingRelay(relay, () => expect.unreachable());
    await forgiving.wake(PLACEMENT);
    expect(await countOf("placement")).toBe(1);
  });
});

async function receive(queue: Queue): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrls[queue],
      MessageSystemAttributeNames: ["All"],
      WaitTimeSeconds: 0,
    }),
  );
  return Messages;
}

async function countOf(
  queue: Queue,
  counter:
    | "ApproximateNumberOfMessages"
    | "ApproximateNumberOfMessagesDelayed" = "ApproximateNumberOfMessages",
): Promise<number> {
  return Number((await attributesOf(queue))[counter]);
}

async function attributesOf(queue: Queue): Promise<Partial<Record<string, string>>> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrls[queue], AttributeNames: ["All"] }),
  );
  return Attributes;
}
