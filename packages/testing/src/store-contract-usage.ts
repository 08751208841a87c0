import { USAGE_KEPT_MS } from "@berth/domain/container-usage";
import { beforeEach, expect, test } from "vitest";
import { instanceId } from "./builders.ts";
import { type StoreParts, StoreWorld } from "./store-contract-world.ts";
import { aContainerUsage, aUsageReport } from "./usage-builders.ts";

const INSTANCE = { cluster: "default", id: instanceId(1) };
const SECOND = 1_000;

/** Part of the store's contract. */
export function describeUsage(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a report is read as it was put, figures and all", async () => {
    const { usage } = world.store;
    const traffic = { bytes: 2 ** 40, packets: 7, errors: 1, dropped: 2, bytesPerSecond: 12 };
    const report = aUsageReport({
      at: world.now,
      containers: [
        aContainerUsage({
          container: "ä-1",
          cpuPercent: { average: 12.3, maximum: 99.9 },
          memoryMiB: { average: 0.25, maximum: 128 },
          received: traffic,
          sent: { ...traffic, bytes: 0 },
          storage: { readBytes: 5, writtenBytes: 6 },
        }),
        aContainerUsage({ container: "host" }),
      ],
    });
    await usage.put(report, "a");
    expect(await usage.since(INSTANCE, 0)).toStrictEqual([report]);
    expect(await usage.since({ ...INSTANCE, id: instanceId(2) }, 0)).toEqual([]);
    expect(await usage.since({ ...INSTANCE, cluster: "another" }, 0)).toEqual([]);
  });

  test("reports are read from a moment on, in order; one that is put twice is one", async () => {
    const { usage } = world.store;
    const at = (seconds: number) => world.now + seconds * SECOND;
    for (const seconds of [40, 0, 20, 20]) {
      await usage.put(aUsageReport({ at: at(seconds) }), `round ${seconds}`);
    }
    await usage.put(aUsageReport({ at: at(20) }), "the rest of round 20");
    const secondsSince = async (seconds: number) =>
      (await usage.since(INSTANCE, at(seconds))).map((each) => (each.at - world.now) / SECOND);
    expect(await secondsSince(0)).toEqual([0, 20, 20, 40]);
    expect(await secondsSince(20)).toEqual([20, 20, 40]);
    expect(await secondsSince(21)).toEqual([40]);
    expect(await secondsSince(41)).toEqual([]);
  });

  test("a report is forgotten after an hour", async () => {
    const { usage } = world.store;
    await usage.put(aUsageReport({ at: world.now }), "a");
    world.now += USAGE_KEPT_MS - SECOND;
    expect(await usage.since(INSTANCE, 0)).toHaveLength(1);
    world.now += 2 * SECOND;
    expect(await usage.since(INSTANCE, 0)).toEqual([]);
  });
}
