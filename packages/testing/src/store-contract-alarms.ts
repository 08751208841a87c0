import { beforeEach, expect, test } from "vitest";
import { anOwnAlarm } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

/** Part of the store's contract. */
export function describeAlarms(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("an alarm is read as it was created, once", async () => {
    const { alarms } = world.store;
    const alarm = anOwnAlarm({ reason: "5xx > 1 %" });
    expect(await alarms.find("errors")).toBeUndefined();
    expect(await alarms.create(alarm)).toBe("ok");
    expect(await alarms.create(anOwnAlarm({ state: "OK" }))).toBe("conflict");
    expect(await alarms.find("errors")).toStrictEqual({ ...alarm, version: 1 });
  });

  test("what changes, or is deleted, must be what was read", async () => {
    const { alarms } = world.store;
    await alarms.create(anOwnAlarm());
    const read = there(await alarms.find("errors"));
    expect(await alarms.replace({ ...read, state: "OK" })).toBe("ok");
    expect(await alarms.replace({ ...read, state: "INSUFFICIENT_DATA" })).toBe("conflict");
    expect(await alarms.delete(read)).toBe("conflict");
    const changed = there(await alarms.find("errors"));
    expect(changed.state).toBe("OK");
    expect(await alarms.delete(changed)).toBe("ok");
    expect(await alarms.find("errors")).toBeUndefined();
  });

  test("of several names those are found that there are", async () => {
    const { alarms } = world.store;
    for (const name of ["errors", "latency", "others"]) await alarms.create(anOwnAlarm({ name }));
    const found = await alarms.findMany(["latency", "absent", "errors"]);
    expect(found.map(({ name }) => name).toSorted()).toEqual(["errors", "latency"]);
    expect(await alarms.findMany([])).toEqual([]);
  });

  test("a name may hold what a name of CloudWatch may", async () => {
    const { alarms } = world.store;
    const name = "web/5xx #1 – ä: 100 %";
    await alarms.create(anOwnAlarm({ name }));
    expect(await alarms.find(name)).toMatchObject({ name });
    expect(await alarms.findMany([name])).toHaveLength(1);
  });

  test("they are listed by name, and last", async () => {
    const { alarms } = world.store;
    const names = ["a", "a-b", "a1", "b"];
    for (const name of names.toReversed()) await alarms.create(anOwnAlarm({ name }));
    world.passHistory();
    const listed = await drainPages((page) => alarms.page(page));
    expect(listed.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });
}
