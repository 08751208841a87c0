import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OutputReader, packOutput, type OutputRecord } from "./output-record.ts";

const record: fc.Arbitrary<OutputRecord> = fc.record({
  source: fc.constantFrom("stdout", "stderr"),
  bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

test("output comes out as it was packed, wherever it is cut", () => {
  fc.assert(
    fc.property(fc.array(record), fc.integer({ min: 1, max: 50 }), (records, size) => {
      const packed = Buffer.concat(records.map(packOutput));
      const reader = new OutputReader();
      const read: OutputRecord[] = [];
      for (let at = 0; at < packed.length; at += size) {
        read.push(...reader.read(packed.subarray(at, at + size)));
      }
      expect(read).toEqual(records);
    }),
  );
});

test("what is no multiplexed output is not taken for a record of gigabytes", () => {
  expect(() => new OutputReader().read(Buffer.from("plain text"))).toThrow("multiplexed");
});
