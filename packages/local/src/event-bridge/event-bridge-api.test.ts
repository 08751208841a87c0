import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { createEventBus } from "@berth/aws/event-bus";
import type { EcsEvent, ToldEvent } from "@berth/contracts/ecs-event";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventBridgeServer, serveEventBridge } from "../testing/event-bridge-server.ts";
import { takeEvents } from "./put-events.ts";
import { RuleBook } from "./rule-book.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let directory: string;
let server: EventBridgeServer;
let kept: ToldEvent[];
/** What the log does before it keeps anything. */
let beforeKeeping: () => void;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-bus-"));
  kept = [];
  beforeKeeping = () => undefined;
  server = await serveEventBridge({
    book: new RuleBook(join(directory, "rules.json")),
    newId: randomUUID,
    keep: async (taken) => {
      beforeKeeping();
      kept.push(...taken);
    },
  });
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const client = (secretAccessKey?: string) => server.client(secretAccessKey);

const anEntry = (overrides: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: "berth",
  Source: "my.app",
  DetailType: "Something",
  Detail: `{"a":1}`,
  ...overrides,
});

const put = async (Entries: PutEventsRequestEntry[]) =>
  client().send(new PutEventsCommand({ Entries }));

describe("PutEvents", () => {
  test("keeps events in EventBridge's envelope, under ids of their own", async () => {
    const { Entries, FailedEntryCount } = await put([
      anEntry({ Time: new Date(NOW), Resources: ["arn:one"] }),
      anEntry({ EventBusName: "arn:aws:events:us-east-1:000000000000:event-bus/berth" }),
    ]);
    expect(FailedEntryCount).toBe(0);
    expect(kept).toMatchObject([
      {
        version: "0",
        id: Entries?.[0]?.EventId,
        "detail-type": "Something",
        source: "my.app",
        account: "000000000000",
        time: "2026-01-02T03:04:05Z",
        region: "us-east-1",
        resources: ["arn:one"],
        detail: { a: 1 },
      },
      { id: Entries?.[1]?.EventId, resources: [] },
    ]);
    expect(new Set(kept.map(({ id }) => id)).size).toBe(2);
  });

  test.each<[string, Partial<PutEventsRequestEntry>, string, string]>([
    [
      "source",
      { Source: undefined },
      "InvalidArgument",
      "Parameter Source is not valid. Reason: Source is a required argument.",
    ],
    [
      "detail type",
      { DetailType: "" },
      "InvalidArgument",
      "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
    ],
    [
      "detail",
      { Detail: undefined },
      "InvalidArgument",
      "Parameter Detail is not valid. Reason: Detail is a required argument.",
    ],
    ["JSON", { Detail: "{" }, "MalformedDetail", "Detail is malformed."],
    ["object", { Detail: "[]" }, "MalformedDetail", "Detail is malformed."],
    [
      "end of its nesting",
      { Detail: `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}` },
      "MalformedDetail",
      "Detail is malformed.",
    ],
    [
      "source of its own",
      { Source: "aws.ecs" },
      "NotAuthorizedForSourceException",
      "Not authorized for the source.",
    ],
    [
      "bus",
      { EventBusName: "other" },
      "ResourceNotFoundException",
      "Event bus other does not exist.",
    ],
  ])("takes the others where one has no %s", async (_, fault, ErrorCode, ErrorMessage) => {
    const { Entries, FailedEntryCount } = await put([anEntry(), anEntry(fault), anEntry()]);
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.[1]).toEqual({ ErrorCode, ErrorMessage });
    expect(kept.map(({ id }) => id)).toEqual([Entries?.[0]?.EventId, Entries?.[2]?.EventId]);
  });

  test.each<[string, PutEventsRequestEntry[], string]>([
    ["no entry", [], "greater than or equal to 1"],
    ["eleven entries", Array.from({ length: 11 }, () => anEntry()), "less than or equal to 10"],
    [
      "more than 256 KB",
      [anEntry({ Detail: JSON.stringify({ text: "x".repeat(256 * 1024) }) })],
      "over the limit",
    ],
  ])("is refused with %s, and keeps nothing", async (_, entries, message) => {
    await expect(put(entries)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message) as string,
    });
    expect(kept).toEqual([]);
  });

  test.each(["+010000-01-01T00:00:00Z", "-000001-12-31T23:59:59Z"])(
    "is refused with a time that no event can have: %s",
    async (time) => {
      await expect(put([anEntry({ Time: new Date(time) })])).rejects.toMatchObject({
        name: "SerializationException",
        $metadata: { httpStatusCode: 400 },
      });
      expect(kept).toEqual([]);
    },
  );

  test("takes no time that no calendar has", () => {
    const bus = { name: "berth", region: "", account: "", now: Date.now, newId: () => "1" };
    const Entries = [{ Source: "my.app", DetailType: "Something", Detail: "{}", Time: 1e15 }];
    expect(takeEvents(bus, { Entries })).toMatchObject({ type: "SerializationException" });
  });

  test("is refused where the signature is wrong", async () => {
    const command = new PutEventsCommand({ Entries: [anEntry()] });
    await expect(client("wrong").send(command)).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    expect(kept).toEqual([]);
  });
});

describe("the bus of ECS's events", () => {
  const events = (count: number): readonly EcsEvent[] =>
    Array.from({ length: count }, (_, index) => ({
      detailType: "ECS Task State Change",
      resource: `arn:${index}`,
      time: NOW,
      detail: { index, updatedAt: new Date(NOW) },
    }));
  const bus = (busName = "berth") => createEventBus({ client: client(), busName });

  test("sends any number of events in their order", async () => {
    expect(await bus().put(events(25))).toEqual({ taken: 25 });
    expect(kept.map(({ detail }) => detail["index"])).toEqual([...events(25).keys()]);
    expect(kept[0]).toMatchObject({
      source: "berth.ecs",
      "detail-type": "ECS Task State Change",
      resources: ["arn:0"],
      detail: { updatedAt: "2026-01-02T03:04:05.678Z" },
    });
  });

  test("sends in requests that the bus can take", async () => {
    const [event] = events(1);
    const long = { ...event, detail: { text: "x".repeat(100 * 1024) } } as EcsEvent;
    expect(await bus().put([long, long, long, long])).toEqual({ taken: 4 });
  });

  test("says how many were taken before it failed, and why", async () => {
    let requests = 0;
    beforeKeeping = () => {
      requests += 1;
      if (requests > 2) throw new Error("disk full");
    };
    const outcome = await bus().put(events(25));
    expect(outcome).toMatchObject({ taken: 20, error: { $fault: "server" } });
  });

  test("says so where the bus refuses an event", async () => {
    const outcome = await bus("other").put(events(2));
    expect(outcome.taken).toBe(0);
    expect(String(outcome.error)).toContain("ResourceNotFoundException");
  });
});
