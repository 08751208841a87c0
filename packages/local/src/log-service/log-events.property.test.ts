import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareCuts } from "./event-cut.ts";
import { openLogDatabase } from "./log-database.ts";
import { LogEvents, MAX_SPAN_MS } from "./log-events.ts";
import { LogGroups } from "./log-groups.ts";

/** Few times, so that many are the same, and some as far apart as a batch may be. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.constantFrom(MAX_SPAN_MS, MAX_SPAN_MS + 3),
);
const batch = fc.record({
  stream: fc.constantFrom("a", "b"),
  times: fc
    .array(time, { minLength: 1, maxLength: 5 })
    .map((times) => times.toSorted((a, b) => a - b))
    .filter((times) => (times.at(-1) ?? 0) - (times[0] ?? 0) <= MAX_SPAN_MS),
});

test("whatever the order in which batches come, all their events are read in theirs", () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), time, time, (batches, from, until) => {
      const database = openLogDatabase(":memory:");
      const groups = new LogGroups(database);
      const events = new LogEvents(database);
      groups.create("g", 0, {});
      for (const name of ["a", "b"]) groups.createStream("g", name, 0);
      for (const [number, { stream, times }] of batches.entries()) {
        const given = times.map((timestamp, index) => ({
          timestamp,
          message: `${number}.${index}`,
        }));
        events.append(groups.getStream("g", stream), given, 0);
      }
      const expected = (stream?: string) =>
        batches
          .flatMap((each, block) =>
            each.stream === (stream ?? each.stream)
              ? each.times.map((timestamp, index) => ({ timestamp, block, index }))
              : [],
          )
          .filter(({ timestamp }) => timestamp >= from && timestamp < until)
          .toSorted(compareCuts)
          .map(({ block, index }) => `${block}.${index}`);

      const window = { from, until };
      const group = { kind: "group", id: groups.get("g").id, has: () => true } as const;
      const ofStream = { kind: "stream", id: groups.getStream("g", "a").id } as const;
      const messages = (found: Iterable<{ readonly message: string }>) =>
        Array.from(found, ({ message }) => message);
      expect(messages(events.forwards(group, window))).toEqual(expected());
      expect(messages(events.forwards(ofStream, window))).toEqual(expected("a"));
      expect(messages(events.backwards(ofStream, window)).toReversed()).toEqual(expected("a"));
      database.close();
    }),
    { numRuns: 100 },
  );
});
