import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangeEventsHandler } from "@berth/functions/change-events";
import { CHANGE_SOURCE } from "@berth/functions/change-source";
import type { Log, LogDetails } from "@berth/functions/log";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ChangeRecord } from "../embedded/change-log.ts";
import { startChangePoller } from "./change-poller.ts";
import { type Checkpoint, createCheckpoint } from "./checkpoint.ts";
import type { ChangeStream } from "./stream-client.ts";

let directory: string;
let poller: { stop(): Promise<void> } | undefined;
let handled: string[];
let errors: (readonly [string, LogDetails])[];
let log: Log;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-poller-"));
  [handled, errors] = [[], []];
  const ignore = () => undefined;
  log = {
    info: ignore,
    warn: ignore,
    error: (message, details) => errors.push([message, details]),
  };
});
afterEach(async () => {
  await poller?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const record = (sequence: number): ChangeRecord => ({
  eventID: String(sequence),
  eventName: "INSERT",
  dynamodb: {
    ApproximateCreationDateTime: 0,
    Keys: {},
    NewImage: {},
    SequenceNumber: String(sequence),
  },
});

/** A stream of so many changes, of which the first ones are gone. */
function streamOf(count: number, gone = 0): ChangeStream {
  const records = Array.from({ length: count }, (_, index) => record(index + 1));
  return {
    read: async (after, limit) => {
      const position = Number(after ?? gone);
      return position < gone ? "trimmed" : records.slice(position, position + limit);
    },
    end: async () => String(count),
    close: () => undefined,
  };
}

const checkpoint = () => createCheckpoint(join(directory, "checkpoint"));

function start(
  stream: ChangeStream,
  handler: ChangeEventsHandler,
  noted: Checkpoint = checkpoint(),
): void {
  poller = startChangePoller({
    stream,
    handler,
    log,
    checkpoint: noted,
    source: { arn: "arn:aws:dynamodb:us-east-1:000000000000:table/berth/stream/1", region: "us" },
    firstPauseMs: 0,
    pollIntervalMs: 1,
  });
}

const sequencesOf = ({ Records }: Parameters<ChangeEventsHandler>[0]) =>
  Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? "");

/** Handles all but what it refuses, and says so as the function does: from the first one on. */
const handlerThatFails =
  (isRefused: (sequence: string) => boolean): ChangeEventsHandler =>
  async (event) => {
    const sequences = sequencesOf(event);
    const failed = sequences.findIndex(isRefused);
    handled.push(...(failed < 0 ? sequences : sequences.slice(0, failed)));
    const itemIdentifier = sequences[failed];
    return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] };
  };

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

const isSavedAt = (sequence: number) =>
  vi.waitFor(() => expect(checkpoint().load()).toBe(String(sequence)), 5_000);

describe("changes", () => {
  test("are handed over in order, in batches, as Lambda hands them over", async () => {
    const events: Parameters<ChangeEventsHandler>[0][] = [];
    start(streamOf(250), async (event) => {
      events.push(event);
      return { batchItemFailures: [] };
    });
    await isSavedAt(250);
    expect(events.map(({ Records }) => Records.length)).toEqual([100, 100, 50]);
    expect(events.flatMap(sequencesOf)).toEqual(numbers(1, 250));
    expect(events[0]?.Records[0]).toMatchObject({
      eventName: "INSERT",
      eventSource: "aws:dynamodb",
      eventSourceARN: "arn:aws:dynamodb:us-east-1:000000000000:table/berth/stream/1",
    });
  });

  test("go on where they were left, also in the midst of a batch", async () => {
    let attempts = 0;
    start(streamOf(20), async (event) => {
      attempts += 1;
      // Before it is tried so often that it is given up.
      if (attempts === 4) void poller?.stop();
      return handlerThatFails((each) => Number(each) > 7)(event);
    });
    await vi.waitFor(() => expect(attempts).toBe(4));
    await poller?.stop();
    expect(checkpoint().load()).toBe("7");

    handled = [];
    start(
      streamOf(20),
      handlerThatFails(() => false),
    );
    await isSavedAt(20);
    expect(handled).toEqual(numbers(8, 20));
  });

  test("are tried again until they are handled, and none is left out", async () => {
    let refusals = 10;
    const isRefused = (sequence: string) => {
      if (!["3", "40", "41"].includes(sequence) || refusals === 0) return false;
      refusals -= 1;
      return true;
    };
    start(streamOf(60), handlerThatFails(isRefused));
    await isSavedAt(60);
    expect(handled).toEqual(numbers(1, 60));
    expect(errors).toEqual([]);
  });

  test.each<[string, (sequence: string) => ChangeEventsHandler]>([
    ["says so", (poison) => handlerThatFails((each) => each === poison)],
    [
      "throws",
      (poison) => async (event) => {
        if (sequencesOf(event).includes(poison)) throw new Error("poison");
        return handlerThatFails(() => false)(event);
      },
    ],
  ])("that nobody can handle are given up alone, where the function %s", async (_, failOn) => {
    start(streamOf(30), failOn("13"));
    await isSavedAt(30);
    expect(handled).toEqual(numbers(1, 30).filter((each) => each !== "13"));
    expect(errors).toEqual([
      ["Changes were given up: nobody is told of them", { from: "13", to: "13" }],
    ]);
  });

  test("are not given up before they were tried often", async () => {
    let attempts = 0;
    start(streamOf(1), async () => {
      attempts += 1;
      throw new Error("poison");
    });
    await isSavedAt(1);
    expect(attempts).toBe(CHANGE_SOURCE.retries + 1);
  });

  test("are handled once, and the process lives, while the disk takes no checkpoint", async () => {
    let refusals = 2;
    start(
      streamOf(350),
      handlerThatFails(() => false),
      {
        ...checkpoint(),
        save: (sequence) => {
          refusals -= 1;
          if (refusals >= 0) throw new Error("disk full");
          checkpoint().save(sequence);
        },
      },
    );
    await isSavedAt(350);
    expect(handled).toEqual(numbers(1, 350));
  });

  test("that are gone are told in the log, and those that are left are handled", async () => {
    checkpoint().save("2");
    start(
      streamOf(10, 5),
      handlerThatFails(() => false),
    );
    await isSavedAt(10);
    expect(handled).toEqual(numbers(6, 10));
    expect(errors).toEqual([["Changes are gone that were never told", { after: "2" }]]);
  });
});
