import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LogServiceServer, serveLogs } from "../testing/log-service-server.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: LogServiceServer;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  server = await serveLogs();
  client = new CloudWatchLogsClient(server.clientConfig());
  await client.send(new CreateLogGroupCommand({ logGroupName: "g" }));
  for (const name of ["s", "t"]) await createStream(name);
});
afterEach(() => server.close());

const createStream = (logStreamName: string) =>
  client.send(new CreateLogStreamCommand({ logGroupName: "g", logStreamName }));

const put = (logEvents: InputLogEvent[], logStreamName = "s") =>
  client.send(new PutLogEventsCommand({ logGroupName: "g", logStreamName, logEvents }));

/** Events from so many ms ago. */
const aged = (...ages: readonly number[]): InputLogEvent[] =>
  ages.map((age) => ({ timestamp: server.time - age, message: `-${age}` }));

async function get(input: Partial<GetLogEventsCommandInput> = {}) {
  const answer = await client.send(
    new GetLogEventsCommand({ logGroupName: "g", logStreamName: "s", ...input }),
  );
  const { events = [], nextForwardToken: forward, nextBackwardToken: backward } = answer;
  return { messages: events.map(({ message }) => message), forward, backward, events };
}

async function filter(input: Partial<FilterLogEventsCommandInput> = {}) {
  const answer = await client.send(new FilterLogEventsCommand({ logGroupName: "g", ...input }));
  const { events = [], nextToken } = answer;
  return { messages: events.map(({ message }) => message), nextToken, events };
}

describe("putting", () => {
  test("keeps events with their times and when they came", async () => {
    const answer = await put(aged(2, 1));
    expect(answer.rejectedLogEventsInfo).toBeUndefined();
    expect((await get()).events).toEqual([
      { timestamp: server.time - 2, message: "-2", ingestionTime: server.time },
      { timestamp: server.time - 1, message: "-1", ingestionTime: server.time },
    ]);
  });

  test("leaves out what is too old or too far ahead, and says which", async () => {
    const old = await put(aged(14 * DAY_MS + 2, 14 * DAY_MS + 1, 14 * DAY_MS - 1_000));
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2 });
    const ahead = await put(aged(0, -2 * HOUR_MS, -2 * HOUR_MS - 1));
    expect(ahead.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 2 });
    await client.send(new PutRetentionPolicyCommand({ logGroupName: "g", retentionInDays: 1 }));
    const expired = await put(aged(DAY_MS + 1, 5));
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect((await get()).messages).toHaveLength(4);
  });

  test.each<[string, () => InputLogEvent[], string]>([
    ["out of order", () => aged(1, 2), "must be in chronological order"],
    ["of more than a day", () => aged(DAY_MS + 1, 0), "cannot span more than 24 hours"],
    [
      "with an event over the limit",
      () => [{ timestamp: server.time, message: "x".repeat(1_048_576 - 25) }],
      "Log event too large: 1048577 bytes exceeds limit of 1048576",
    ],
    [
      "over the limit together",
      () => [1, 2].map(() => ({ timestamp: server.time, message: "x".repeat(524_288) })),
      "Upload too large: 1048628 bytes exceeds limit of 1048576",
    ],
    ["of nothing", () => [], "Member must have length greater than or equal to 1"],
    [
      "of too many",
      () => Array.from({ length: 10_001 }, () => ({ timestamp: server.time, message: "x" })),
      "Member must have length less than or equal to 10000",
    ],
    [
      "with an empty message",
      () => [{ timestamp: server.time, message: "" }],
      "at 'logEvents.1.member.message' failed to satisfy constraint",
    ],
  ])("refuses a batch %s, and keeps nothing of it", async (_, batch, told) => {
    await expect(put(batch())).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(told),
    });
    expect((await get()).messages).toEqual([]);
  });

  test("takes a batch of exactly the limit, however it must be escaped", async () => {
    const message = "\u0001".repeat(1_048_576 - 26);
    await put([{ timestamp: server.time, message }]);
    expect((await get()).messages).toEqual([message]);
  });

  test("needs the stream to be there", async () => {
    await expect(put(aged(1), "absent")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
  });
});

describe("reading a stream", () => {
  test("gives the latest first, and pages both ways", async () => {
    await put(aged(6, 5, 4));
    await put(aged(3, 2, 1));
    const latest = await get({ limit: 2 });
    expect(latest.messages).toEqual(["-2", "-1"]);
    const earlier = await get({ limit: 3, nextToken: latest.backward });
    expect(earlier.messages).toEqual(["-5", "-4", "-3"]);
    expect((await get({ nextToken: earlier.forward })).messages).toEqual(["-2", "-1"]);
    const first = await get({ limit: 4, startFromHead: true });
    expect(first.messages).toEqual(["-6", "-5", "-4", "-3"]);
  });

  test("goes on where it was, and has the same token at the end", async () => {
    const none = await get({ startFromHead: true });
    expect(none.messages).toEqual([]);
    await put(aged(3, 2));
    const some = await get({ nextToken: none.forward });
    expect(some.messages).toEqual(["-3", "-2"]);
    const end = await get({ nextToken: some.forward });
    expect(end).toMatchObject({ messages: [], forward: some.forward });
    // Of the same time as the last one, and later.
    await put(aged(2, 1));
    expect((await get({ nextToken: end.forward })).messages).toEqual(["-2", "-1"]);
    const start = await get({ nextToken: some.backward });
    expect(start).toMatchObject({ messages: [], backward: some.backward });
  });

  test("has times: from the first, and not from the second on", async () => {
    await put(aged(4, 3, 2, 1));
    const window = { startTime: server.time - 3, endTime: server.time - 1 };
    expect((await get(window)).messages).toEqual(["-3", "-2"]);
    expect((await get({ ...window, startFromHead: true, limit: 1 })).messages).toEqual(["-3"]);
  });

  test("puts in order what came late", async () => {
    await put(aged(10, 5, 1));
    await put(aged(7, 3));
    const ordered = ["-10", "-7", "-5", "-3", "-1"];
    expect((await get()).messages).toEqual(ordered);
    expect((await get({ startFromHead: true })).messages).toEqual(ordered);
    expect((await get({ limit: 2 })).messages).toEqual(["-3", "-1"]);
  });

  test("ends a page at a megabyte", async () => {
    const message = "x".repeat(400_000);
    for (const age of [3, 2, 1]) await put([{ timestamp: server.time - age, message }]);
    const first = await get({ startFromHead: true });
    expect(first.messages).toHaveLength(2);
    expect((await get({ nextToken: first.forward })).messages).toHaveLength(1);
  });

  test("refuses a token that it never gave", async () => {
    await expect(get({ nextToken: "f/1" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});

describe("filtering a group", () => {
  test("merges its streams by time, in pages", async () => {
    await put(aged(9, 5, 1));
    await put(aged(8, 4), "t");
    server.time += 10_000;
    const first = await filter({ limit: 3 });
    expect(first.events).toMatchObject([
      { message: "-9", logStreamName: "s" },
      { message: "-8", logStreamName: "t" },
      { message: "-5", logStreamName: "s" },
    ]);
    const second = await filter({ limit: 3, nextToken: first.nextToken });
    expect(second).toMatchObject({ messages: ["-4", "-1"], nextToken: undefined });
    const ids = [...first.events, ...second.events].map(({ eventId = "" }) => eventId);
    expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true);
    expect(ids).toEqual([...new Set(ids)].toSorted());
  });

  test("is followed by its last time, as `aws logs tail` does, and nothing is missed", async () => {
    const seen = new Set<string>();
    let startTime = 0;
    const poll = async () => {
      const { events } = await filter({ startTime });
      const fresh = events.filter(({ eventId = "" }) => !seen.has(eventId));
      for (const { eventId = "", timestamp = 0 } of fresh) {
        seen.add(eventId);
        startTime = Math.max(startTime, timestamp);
      }
      return fresh.map(({ message }) => message);
    };
    await put(aged(5_000, 4_000));
    expect(await poll()).toEqual(["-5000", "-4000"]);
    await put(aged(4_000, 3_500, 2_500));
    expect(await poll()).toEqual(["-4000", "-3500"]);
    // Another stream had it before, and is heard of later.
    await put(aged(2_800), "t");
    expect(await poll()).toEqual([]);
    server.time += 10_000;
    expect(await poll()).toEqual(["-2800", "-2500"]);
    expect(await poll()).toEqual([]);
  });

  test("has streams, their prefix, and times of which the last counts", async () => {
    await put(aged(9, 5, 1));
    await put(aged(8), "t");
    // Of one stream nothing is held back.
    expect((await filter({ logStreamNames: ["t"] })).messages).toEqual(["-8"]);
    expect((await filter({ logStreamNamePrefix: "s" })).messages).toEqual(["-9", "-5", "-1"]);
    const times = { startTime: server.time - 8, endTime: server.time - 5 };
    expect((await filter(times)).messages).toEqual([]);
    server.time += 10_000;
    expect((await filter(times)).messages).toEqual(["-8", "-5"]);
    const both = { logStreamNames: ["t"], logStreamNamePrefix: "t" };
    await expect(filter(both)).rejects.toThrow("cannot be given together");
    await expect(filter({ filterPattern: "[a, b]" })).rejects.toThrow("Invalid filter pattern");
  });

  test("goes through more than one look with a token, even where little matches", async () => {
    const batch = Array.from({ length: 9_000 }, (_, index) => ({
      timestamp: server.time - 10_000 + index,
      message: `line ${index}`,
    }));
    for (let round = 0; round < 6; round += 1) await put(batch);
    await put([{ timestamp: server.time, message: "needle" }]);
    server.time += 10_000;
    const first = await filter({ filterPattern: "needle" });
    expect(first).toMatchObject({ messages: [], nextToken: expect.any(String) });
    const second = await filter({ filterPattern: "needle", nextToken: first.nextToken });
    expect(second).toMatchObject({ messages: ["needle"], nextToken: undefined });
  });
});

test("is there again after a restart", async () => {
  const directory = mkdtempSync(join(tmpdir(), "berth-logs-"));
  const path = join(directory, "events.db");
  for (const round of [1, 2]) {
    const kept = await serveLogs(path);
    client = new CloudWatchLogsClient(kept.clientConfig());
    if (round === 1) await client.send(new CreateLogGroupCommand({ logGroupName: "g" }));
    await createStream(`s${round}`);
    await put([{ timestamp: kept.time, message: `round ${round}` }], `s${round}`);
    kept.time += 10_000;
    const messages = round === 1 ? ["round 1"] : ["round 1", "round 2"];
    expect((await filter()).messages).toEqual(messages);
    kept.close();
  }
  rmSync(directory, { recursive: true });
});

describe("a caller", () => {
  test("is held to his policy", async () => {
    const Resource = "arn:aws:logs:*:*:log-group:g:*";
    const writing = { Effect: "Allow", Action: ["logs:PutLogEvents"], Resource };
    const document = JSON.stringify({ Statement: [writing] });
    client = new CloudWatchLogsClient(server.clientConfig({ kind: "policy", document }));
    await put(aged(1));
    await expect(get()).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "logs:GetLogEvents on resource: arn:aws:logs:eu-west-1:000000000000:log-group:g:log-stream:s because",
      ),
    });
  });

  test("is refused whose key nobody knows, and whose signature is wrong", async () => {
    const asking = () => client.send(new FilterLogEventsCommand({ logGroupName: "g" }));
    client = new CloudWatchLogsClient(server.clientConfig());
    const { accessKeyId } = await client.config.credentials();
    client.config.credentials = async () => ({ accessKeyId, secretAccessKey: "wrong" });
    await expect(asking()).rejects.toMatchObject({ name: "InvalidSignatureException" });
    client.config.credentials = async () => ({ accessKeyId: "AKIAX", secretAccessKey: "secret" });
    await expect(asking()).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });

  test("is told in words that there is no live tail", async () => {
    const arn = "arn:aws:logs:eu-west-1:000000000000:log-group:g";
    // Else the SDK asks a host of its own making.
    client.config.disableHostPrefix = true;
    const tailing = client.send(new StartLiveTailCommand({ logGroupIdentifiers: [arn] }));
    await expect(tailing).rejects.toMatchObject({
      name: "InvalidOperationException",
      message: expect.stringContaining("follow with FilterLogEvents"),
    });
  });
});
