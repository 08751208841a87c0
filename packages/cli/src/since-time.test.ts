import { describe, expect, test } from "vitest";
import { sinceTime } from "./since-time.ts";

const NOW = Date.UTC(2026, 0, 2, 12);

describe("--since", () => {
  test.each([
    ["90s", "2026-01-02T11:58:30.000Z"],
    ["10m", "2026-01-02T11:50:00.000Z"],
    ["2h", "2026-01-02T10:00:00.000Z"],
    ["1d", "2026-01-01T12:00:00.000Z"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"],
    ["999999999d", "1970-01-01T00:00:00.000Z"],
  ])("%s is %s", (text, time) => {
    expect(sinceTime(text, NOW)).toBe(time);
  });

  test.each(["", "10", "10 minutes", "-5m", "yesterday", "1e3m"])("%j is no time", (text) => {
    expect(() => sinceTime(text, NOW)).toThrow("ISO 8601");
  });
});
