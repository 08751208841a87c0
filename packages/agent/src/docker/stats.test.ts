import { expect, test } from "vitest";
import { type EngineStats, readingOf } from "./stats.ts";

const INTERFACE = {
  rx_bytes: 10,
  rx_packets: 2,
  rx_errors: 1,
  rx_dropped: 3,
  tx_bytes: 20,
  tx_packets: 4,
  tx_errors: 5,
  tx_dropped: 6,
};

/** As an engine with cgroup version 1 says it, shortened. */
const VERSION_1: EngineStats = {
  read: "2026-11-21T12:00:00.123456789Z",
  cpu_stats: { cpu_usage: { total_usage: 5_000_000 } },
  memory_stats: { usage: 9_000, limit: 64_000, stats: { cache: 2_000, inactive_file: 1_000 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "Read", value: 100 },
      { op: "Write", value: 30 },
      { op: "Total", value: 130 },
      { op: "Read", value: 1 },
    ],
  },
  networks: { eth0: INTERFACE, eth1: INTERFACE },
};

test("what cgroup version 1 counts", () => {
  expect(readingOf(VERSION_1)).toEqual({
    at: expect.closeTo(Date.UTC(2026, 10, 21, 12, 0, 0, 123) + 0.456, 2) as number,
    cpuNs: 5_000_000,
    memoryBytes: 7_000,
    memoryLimitBytes: 64_000,
    network: {
      rxBytes: 20,
      rxPackets: 4,
      rxErrors: 2,
      rxDropped: 6,
      txBytes: 40,
      txPackets: 8,
      txErrors: 10,
      txDropped: 12,
    },
    storage: { readSizeBytes: 101, writeSizeBytes: 30 },
  });
});

test("what cgroup version 2 counts", () => {
  const { memoryBytes, storage } = readingOf({
    ...VERSION_1,
    memory_stats: { usage: 9_000, stats: { inactive_file: 1_000, file: 4_000 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: "read", value: 7 },
        { op: "write", value: 8 },
      ],
    },
  });
  expect(memoryBytes).toBe(8_000);
  expect(storage).toEqual({ readSizeBytes: 7, writeSizeBytes: 8 });
});

test("a container in its host's network, that has not touched a disk", () => {
  const { networks: _, ...stats } = VERSION_1;
  const blkio_stats = { io_service_bytes_recursive: null };
  const reading = readingOf({ ...stats, blkio_stats });
  expect(reading).not.toHaveProperty("network");
  expect(reading.storage).toEqual({ readSizeBytes: 0, writeSizeBytes: 0 });
});

test.each<[string, Partial<EngineStats>]>([
  ["was never read", { read: "0001-01-01T00:00:00Z" }],
  ["does not run", { memory_stats: {} }],
])("one that %s has no reading", (_, overrides) => {
  expect(() => readingOf({ ...VERSION_1, ...overrides })).toThrow("no statistics");
});
