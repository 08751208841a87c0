import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeAlike, encodeAlike } from "./alike-format.ts";

const entry = fc.record(
  { taskId: fc.string(), reason: fc.constantFrom("a", "b"), decidedAt: fc.constantFrom(1, 2) },
  { requiredKeys: ["taskId"], noNullPrototype: true },
);

test("what was written together is read as it was, in its order", () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      expect(decodeAlike(encodeAlike(entries))).toStrictEqual(entries);
    }),
  );
});

test("what differs by the task alone is written once", () => {
  const reason = "Scaling activity";
  const entries = ["1", "2", "3"].map((taskId) => ({ taskId, reason }));
  expect(encodeAlike([...entries, { taskId: "4", reason: "another" }])).toStrictEqual([
    { reason, taskIds: ["1", "2", "3"] },
    { reason: "another", taskIds: ["4"] },
  ]);
});
