import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ownSockets } from "./own-sockets.ts";

const HEARTBEAT = { type: "HeartbeatMessage", message: { text: "läuft" } };

let pushed: string[][];
const gateway = ownSockets({
  push: async (connectionId, text) => {
    if (connectionId === "full") return new Promise(() => undefined);
    pushed.push([connectionId, text]);
    return connectionId === "here" ? "sent" : "gone";
  },
  disconnect: async (connectionId) =>
    connectionId === "full" ? new Promise(() => undefined) : "gone",
});

beforeEach(() => {
  pushed = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a message goes out as one text, and is told of where nobody is there", async () => {
  expect(await gateway.push("here", HEARTBEAT)).toBe("sent");
  expect(await gateway.push("away", HEARTBEAT)).toBe("gone");
  expect(pushed[0]).toEqual(["here", JSON.stringify(HEARTBEAT)]);
  await gateway.close("away");
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["takes a message", () => gateway.push("full", HEARTBEAT)],
  ["ends", () => gateway.close("full")],
])("a connection that never %s is not waited for without end", async (_, ask) => {
  const asked = ask().catch(String);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await asked).toBe("Error: Connection full takes nothing.");
});
