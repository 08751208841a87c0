import type { PauseMessages } from "@berth/aws/message-pauses";
import type { WakeMessage } from "@berth/contracts/queue";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { createForwardHandler } from "./forward.ts";
import type { Log, LogDetails } from "./log.ts";
import { createQueueHandler } from "./queue.ts";
import { createSweepHandler } from "./sweep.ts";

let handled: string[];
let logged: LogDetails[];
let log: Log;
let recorded: unknown[][];
let paused: unknown[][];
let canPause: boolean;
const metrics = {
  record: (...what: unknown[]) => void recorded.push(what),
  flush: () => undefined,
};

beforeEach(() => {
  [handled, logged, recorded, paused, canPause] = [[], [], [], [], true];
  const record = (_: string, details: LogDetails) => void logged.push(details);
  log = { info: record, warn: record, error: record };
});

const serviceOf = (message: WakeMessage) => (message.kind === "service" ? message.service : "");

/** Fails on services whose name begins with `bad`. */
const handle = (message: WakeMessage): Promise<void> => {
  const service = serviceOf(message);
  handled.push(service);
  return service.startsWith("bad") ? Promise.reject(new Error("no table")) : Promise.resolve();
};

const pause: PauseMessages = async ({ queueArn, receiptHandles }, seconds) => {
  if (!canPause) throw new Error("no queue");
  paused.push([queueArn.split(":").at(-1), ...receiptHandles, seconds]);
};

const handler = (how = handle) => createQueueHandler({ handle: how, pause, metrics, log });

describe("a batch", () => {
  it("is handled and leaves nothing behind", async () => {
    const response = await handler()(batch(["g1:a", "g2:b"]));
    expect(response).toEqual({ batchItemFailures: [] });
    expect(handled).toEqual(["a", "b"]);
  });

  it("returns what failed and what stands behind it in its group, and only that", async () => {
    const response = await handler()(batch(["g1:a", "g1:bad", "g2:b", "g1:c", "g2:d", "g1:e"]));
    expect(response).toEqual({
      batchItemFailures: [
        { itemIdentifier: "1" },
        { itemIdentifier: "3" },
        { itemIdentifier: "5" },
      ],
    });
    expect(handled.toSorted((a, b) => a.localeCompare(b))).toEqual(["a", "b", "bad", "d"]);
    expect(logged).toEqual([
      expect.objectContaining({
        messageId: "1",
        error: expect.objectContaining({ message: "no table" }),
      }),
    ]);
    expect(recorded).toEqual([["ReconcileErrors", 1]]);
  });

  it("lets no message of a standard queue wait for another", async () => {
    const response = await handler()(batch(["bad1", "a", "bad2", "b"]));
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: "0" }, { itemIdentifier: "2" }]);
    expect(handled).toEqual(["bad1", "a", "bad2", "b"]);
  });

  it("returns a message that is none", async () => {
    const event = batch(["a", "b"]);
    const [first, second] = event.Records as [SQSRecord, SQSRecord];
    [first.body, second.body] = ["{", '{"kind":"?"}'];
    const response = await handler()(event);
    expect(response.batchItemFailures).toHaveLength(2);
    expect(handled).toEqual([]);
  });

  it("handles equal wake-ups of a group once", async () => {
    await handler()(batch(["g1:a", "g1:b", "g1:a", "g1:a"]));
    expect(handled).toEqual(["a", "b"]);
  });

  it("keeps the order within a group, whatever the time it takes", async () => {
    const finished: string[] = [];
    const slowFirst = async (message: WakeMessage) => {
      const service = serviceOf(message);
      await new Promise((resolve) => setTimeout(resolve, service === "a" ? 20 : 0));
      finished.push(service);
    };
    await handler(slowFirst)(batch(["g1:a", "g1:b", "g2:c"]));
    expect(finished).toEqual(["c", "a", "b"]);
  });
});

describe("what failed", () => {
  it("comes again after a pause, together with what stands behind it in its group", async () => {
    await handler()(batch(["g1:a", "g1:bad", "g2:b", "g1:c"]));
    expect(paused).toEqual([["berth-service.fifo", "receipt-1", "receipt-3", 1]]);
  });

  it("comes again by itself where there are no groups", async () => {
    await handler()(batch(["bad1", "a", "bad2"]));
    expect(paused.map(([, ...pause]) => pause)).toEqual([
      ["receipt-0", 1],
      ["receipt-2", 1],
    ]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [6, 32],
    [7, 60],
    [9, 60],
  ])("waits longer the more often it has failed: %i times, %i s", async (count, seconds) => {
    const event = batch(["g1:bad"]);
    for (const { attributes } of event.Records) attributes.ApproximateReceiveCount = String(count);
    await handler()(event);
    expect(paused).toEqual([["berth-service.fifo", "receipt-0", seconds]]);
  });

  it("goes back to its queue although the pause cannot be had", async () => {
    canPause = false;
    const response = await handler()(batch(["g1:bad", "g2:b"]));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "0" }] });
    expect(handled).toEqual(["bad", "b"]);
  });
});

describe("forwarding", () => {
  it("sends each message on for now", async () => {
    const sent: unknown[][] = [];
    const relay = {
      wake: (...message: unknown[]) => {
        sent.push(message);
        return Promise.resolve();
      },
    };
    await createForwardHandler({ relay, pause, metrics, log })(batch(["a"]));
    expect(sent).toEqual([[{ kind: "service", cluster: "default", service: "a" }]]);
  });

  it("keeps in its queue what cannot be sent", async () => {
    const relay = { wake: () => Promise.reject(new Error("no queue")) };
    const response = await createForwardHandler({ relay, pause, metrics, log })(batch(["a"]));
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: "0" }]);
  });
});

describe("the sweep", () => {
  it("says what it found, and nothing where there is nothing", async () => {
    await createSweepHandler(() => Promise.resolve(0), log)();
    expect(logged).toEqual([]);
    await createSweepHandler(() => Promise.resolve(3), log)();
    expect(logged).toEqual([{ overdue: 3 }]);
  });

  it("fails where it could not look, so that an alarm sees it", async () => {
    const sweep = createSweepHandler(() => Promise.reject(new Error("no table")), log);
    await expect(sweep()).rejects.toThrow("no table");
  });
});

/** A batch from `group:service` (FIFO) or `service` (standard), in order. */
function batch(entries: readonly string[]): SQSEvent {
  return {
    Records: entries.map((entry, index) => {
      const [service = "", group] = entry.split(":").toReversed();
      return {
        messageId: String(index),
        receiptHandle: `receipt-${index}`,
        body: JSON.stringify({ kind: "service", cluster: "default", service }),
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: "0",
          SenderId: "sender",
          ApproximateFirstReceiveTimestamp: "0",
          ...(group !== undefined && { MessageGroupId: group }),
        },
        messageAttributes: {},
        md5OfBody: "",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:berth-service.fifo",
        awsRegion: "us-east-1",
      };
    }),
  };
}
