import { expect, test } from "vitest";
import { ContainerUsage } from "./container-usage.ts";
import type { Reading } from "./reading.ts";

const SECOND = 1_000;
const NS = 1e9;
const MIB = 1_048_576;
const QUIET = { rxPackets: 0, rxErrors: 0, rxDropped: 0, txPackets: 0, txErrors: 0, txDropped: 0 };
const network = (rxBytes: number, txBytes: number) => ({ ...QUIET, rxBytes, txBytes });

const reading = (overrides: Partial<Reading>): Reading => ({
  at: 0,
  cpuNs: 0,
  memoryBytes: 0,
  storage: { readSizeBytes: 0, writeSizeBytes: 0 },
  ...overrides,
});

test.each([
  ["a machine of two cores", 2_048, 25],
  ["an instance with a quarter of a core", 256, 200],
])("half a core is told as percent of %s", (_, cpuUnits, percent) => {
  const usage = new ContainerUsage(cpuUnits);
  usage.add(reading({ at: 0, cpuNs: 7 * NS }));
  usage.add(reading({ at: 10 * SECOND, cpuNs: 12 * NS }));
  expect(usage.take()?.cpuStatsSet).toEqual({
    min: percent,
    max: percent,
    sum: percent,
    sampleCount: 1,
  });
});

test("nothing is told of one reading, and nothing twice", () => {
  const usage = new ContainerUsage(1_024);
  expect(usage.take()).toBeUndefined();
  usage.add(reading({ memoryBytes: 5 * MIB }));
  expect(usage.take()).toBeUndefined();
  usage.add(reading({ at: SECOND, memoryBytes: 7.5 * MIB }));
  expect(usage.take()?.memoryStatsSet).toEqual({ min: 5, max: 7.5, sum: 12.5, sampleCount: 2 });
  expect(usage.take()).toBeUndefined();
  usage.add(reading({ at: 2 * SECOND, memoryBytes: 6 * MIB }));
  expect(usage.take()?.memoryStatsSet).toEqual({ min: 6, max: 6, sum: 6, sampleCount: 1 });
});

test("the network is told as counted, and as bytes a second between two readings", () => {
  const usage = new ContainerUsage(1_024);
  usage.add(reading({ network: network(100, 1_000) }));
  usage.add(reading({ at: 10 * SECOND, network: network(600, 1_000) }));
  usage.add(reading({ at: 20 * SECOND, network: network(2_600, 1_000) }));
  expect(usage.take()?.networkStatsSet).toMatchObject({
    rxBytes: { min: 100, max: 2_600, sum: 3_300, sampleCount: 3 },
    txBytes: { min: 1_000, max: 1_000, sampleCount: 3 },
    rxErrors: { max: 0, sampleCount: 3 },
    rxBytesPerSecond: { min: 50, max: 200, sum: 250, sampleCount: 2 },
    txBytesPerSecond: { min: 0, max: 0, sampleCount: 2 },
  });
});

test("a container without a network of its own tells of none", () => {
  const usage = new ContainerUsage(1_024);
  usage.add(reading({}));
  usage.add(reading({ at: SECOND, storage: { readSizeBytes: 3, writeSizeBytes: 9 } }));
  const used = usage.take();
  expect(used).not.toHaveProperty("networkStatsSet");
  expect(used?.storageStatsSet).toMatchObject({
    readSizeBytes: { max: 3 },
    writeSizeBytes: { max: 9 },
  });
});

test("counters that begin anew, and a clock that stands or goes back, give no rate", () => {
  const usage = new ContainerUsage(1_024);
  usage.add(reading({ at: SECOND, cpuNs: 5 * NS }));
  usage.add(reading({ at: 2 * SECOND, cpuNs: 1 * NS }));
  usage.add(reading({ at: 2 * SECOND, cpuNs: 2 * NS }));
  usage.add(reading({ at: SECOND, cpuNs: 3 * NS }));
  expect(usage.take()).toBeUndefined();
  usage.add(reading({ at: 2 * SECOND, cpuNs: 4 * NS }));
  expect(usage.take()?.cpuStatsSet).toMatchObject({ sum: 100, sampleCount: 1 });
});
