import { expect, test } from "vitest";
import { ConfigReader } from "../config-reader.ts";
import { readMeasuring } from "./measuring.ts";

test.each([
  [{}, { measureEveryMs: 10_000 }],
  [{ ECS_POLLING_METRICS_WAIT_DURATION: "5s" }, { measureEveryMs: 5_000 }],
  [{ ECS_POLLING_METRICS_WAIT_DURATION: "1m" }, { measureEveryMs: 20_000 }],
  [{ ECS_POLL_METRICS: "false" }, { measureEveryMs: 10_000 }],
  [{ ECS_DISABLE_METRICS: "true", ECS_POLLING_METRICS_WAIT_DURATION: "5s" }, {}],
])("%j is read as %j", (settings, expected) => {
  const read = new ConfigReader(settings);
  expect(readMeasuring(read)).toEqual(expected);
  expect(read.problems).toEqual([]);
});

test("too short a time is a problem", () => {
  const read = new ConfigReader({ ECS_POLLING_METRICS_WAIT_DURATION: "1s" });
  readMeasuring(read);
  expect(read.problems).toEqual([
    "ECS_POLLING_METRICS_WAIT_DURATION must be a duration such as 30s or 1h30m, at least 5000 ms",
  ]);
});
