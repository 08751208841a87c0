import { randomBytes } from "node:crypto";
import type { LogDetails } from "@berth/functions/log";
import { beforeEach, expect, test } from "vitest";
import { forgetLogs } from "./forget-logs.ts";
import { openLogDatabase } from "./log-database.ts";
import { LogEvents } from "./log-events.ts";
import { LogGroups } from "./log-groups.ts";

const NOW = Date.UTC(2026, 0, 31);
const DAY_MS = 24 * 3_600_000;

let groups: LogGroups;
let events: LogEvents;
let warned: (readonly [string, LogDetails])[];

beforeEach(() => {
  const database = openLogDatabase(":memory:");
  groups = new LogGroups(database);
  events = new LogEvents(database);
  warned = [];
  for (const name of ["kept", "short"]) {
    groups.create(name, NOW, {});
    groups.createStream(name, "s", NOW);
  }
});

const log = {
  info: () => undefined,
  warn: (message: string, details: LogDetails) => void warned.push([message, details]),
  error: () => undefined,
};

const forget = (maxBytes: number) => forgetLogs({ groups, events, log }, { maxBytes, now: NOW });

/** Nothing that could be packed. */
const message = () => randomBytes(500).toString("hex");

function append(group: string, daysAgo: number): void {
  const timestamp = NOW - daysAgo * DAY_MS;
  events.append(groups.getStream(group, "s"), [{ timestamp, message: message() }], timestamp);
}

const daysOf = (group: string) => {
  const source = { kind: "stream", id: groups.getStream(group, "s").id } as const;
  const found = [...events.forwards(source, { from: 0, until: NOW + 1 })];
  return found.map(({ timestamp }) => (NOW - timestamp) / DAY_MS);
};

test("what is older than its group keeps it goes, and nothing is said", () => {
  groups.setRetention("short", 3);
  for (const days of [5, 4, 2, 0]) for (const group of ["kept", "short"]) append(group, days);
  const before = events.size;
  forget(Number.MAX_SAFE_INTEGER);
  expect(daysOf("short")).toEqual([2, 0]);
  expect(daysOf("kept")).toEqual([5, 4, 2, 0]);
  expect(events.size).toBeLessThan(before);
  expect(warned).toEqual([]);
});

test("where there is no more room the oldest goes, whoever's it is, and that is said", () => {
  for (const days of [9, 8, 7, 6]) for (const group of ["kept", "short"]) append(group, days);
  const half = events.size / 2;
  forget(half);
  expect(events.size).toBeLessThanOrEqual(half);
  expect(daysOf("kept").at(-1)).toBe(6);
  expect(daysOf("kept")).not.toContain(9);
  expect(daysOf("short")).not.toContain(9);
  expect(warned).toEqual([
    [
      "There was no more room for logs: the oldest were dropped",
      { events: expect.any(Number), takenUntil: expect.any(String), maxBytes: half },
    ],
  ]);
  forget(half);
  expect(warned).toHaveLength(1);
});
