import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { EcsEvent } from "@berth/contracts/ecs-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEventBridgeClient } from "./clients.ts";
import { batchesOf } from "./event-batches.ts";
import { createEventBus } from "./event-bus.ts";

interface PutEvents {
  readonly Entries: readonly { readonly Detail: string }[];
}

/** EventBridge in a bad hour: it refuses each event as often as it is told to. */
let server: Server;
let refusals: Map<string, number>;
let requests: string[][];

beforeEach(async () => {
  [refusals, requests] = [new Map(), []];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const details = (body as PutEvents).Entries.map(({ Detail }) => Detail);
      requests.push(details);
      const Entries = details.map((detail) => {
        const left = refusals.get(detail) ?? 0;
        refusals.set(detail, left - 1);
        return left > 0
          ? { ErrorCode: "InternalFailure", ErrorMessage: "Try later." }
          : { EventId: detail };
      });
      response.end(JSON.stringify({ FailedEntryCount: 0, Entries }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const put = async (...names: readonly string[]) => {
  const client = createEventBridgeClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  const events = names.map((name): EcsEvent => ({
    detailType: "ECS Service Action",
    resource: "arn",
    time: 0,
    detail: { name },
  }));
  return createEventBus({ client, busName: "berth" }).put(events);
};

const detail = (name: string) => JSON.stringify({ name });

test("sends again what the bus did not take, and only that", async () => {
  refusals.set(detail("b"), 2).set(detail("c"), 1);
  expect(await put("a", "b", "c")).toMatchObject({ taken: 3 });
  expect(requests).toEqual([
    [detail("a"), detail("b"), detail("c")],
    [detail("b"), detail("c")],
    [detail("b")],
  ]);
});

test("gives up in the end, with how many of the first were taken, and sends nothing behind it", async () => {
  refusals.set(detail("b"), 99);
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
  const error = new Error("The bus refused an event: InternalFailure: Try later.");
  expect(await put(...names)).toEqual({ taken: 1, error });
  expect(requests.flat()).not.toContain(detail("k"));
});

test("sends as many as a request takes, by number and by size", () => {
  const entry = (bytes: number) => ({ Detail: "x".repeat(bytes) });
  const sizes = (entries: readonly { Detail: string }[]) =>
    batchesOf(entries).map((batch) => batch.map(({ Detail = "" }) => Detail.length));
  expect(sizes(Array.from({ length: 12 }, () => entry(1))).map((batch) => batch.length)).toEqual([
    10, 2,
  ]);
  const [half, most] = [128 * 1024, 256 * 1024];
  expect(sizes([half, half, 1, most, 1].map(entry))).toEqual([[half, half], [1], [most], [1]]);
});
