import type { ContainerUsage } from "@berth/domain/container-usage";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { unzipUsage, zipUsage } from "./usage-format.ts";

const counter = fc.maxSafeNat();
const gauge = fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true });
const samples = fc.record({ average: gauge, maximum: gauge });
const traffic = fc.record({
  bytes: counter,
  packets: counter,
  errors: counter,
  dropped: counter,
  bytesPerSecond: gauge,
});
const usage: fc.Arbitrary<ContainerUsage> = fc.record(
  {
    taskId: fc.stringMatching(/^[0-9a-f]{32}$/),
    container: fc.string({ unit: "binary" }).filter((name) => name.isWellFormed()),
    cpuPercent: samples,
    memoryMiB: samples,
    received: traffic,
    sent: traffic,
    storage: fc.record({ readBytes: counter, writtenBytes: counter }),
  },
  { requiredKeys: ["taskId", "container", "cpuPercent", "memoryMiB"] },
);

/** Gauges as they come back: with three digits. */
const kept = (each: ContainerUsage): unknown =>
  JSON.parse(
    JSON.stringify(each, (name, value: unknown) =>
      GAUGES.has(name) ? Number((value as number).toPrecision(3)) : value,
    ),
  );
const GAUGES = new Set(["average", "maximum", "bytesPerSecond"]);

test("counters come back as they were, and gauges to three digits", () => {
  fc.assert(
    fc.property(fc.array(usage, { maxLength: 20 }), (containers) => {
      expect(unzipUsage(zipUsage(containers))).toEqual(containers.map(kept));
    }),
  );
});
