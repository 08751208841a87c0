import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

/** How many of so many requests at once are let through. */
const taken = (limit: RateLimit, client: string, requests: number): number =>
  Array.from({ length: requests }, () => limit.take(client)).filter(Boolean).length;

test("lets a burst through, and then so many a second, for each client", () => {
  let now = 1_000;
  const limit = new RateLimit({ perSecond: 40, burst: 60 }, () => now);
  expect(taken(limit, "172.17.0.2", 100)).toBe(60);
  expect(taken(limit, "172.17.0.3", 100)).toBe(60);
  now += 500;
  expect(taken(limit, "172.17.0.2", 100)).toBe(20);
  now += 60_000;
  expect(taken(limit, "172.17.0.2", 100)).toBe(60);
});

test("gives nobody more for a clock that was set back", () => {
  let now = 100_000;
  const limit = new RateLimit({ perSecond: 40, burst: 60 }, () => now);
  expect(taken(limit, "c", 60)).toBe(60);
  now = 0;
  expect(taken(limit, "c", 1)).toBe(0);
});

test("remembers who is over the limit however many others ask", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => 5_000);
  expect(limit.take("greedy")).toBe(true);
  for (let client = 0; client < 3_000; client += 1) limit.take(`c${client}`);
  expect(limit.take("greedy")).toBe(false);
});
