import { beforeEach, expect, test } from "vitest";
import { anAccessKey } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const DAY_MS = 24 * 3_600_000;

/** Part of the store's contract. */
export function describeAccessKeys(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a key is read as it was created, once", async () => {
    const { accessKeys } = world.store;
    const key = anAccessKey({ grant: { kind: "policy", document: "{}" } });
    expect(await accessKeys.find(key.id)).toBeUndefined();
    expect(await accessKeys.create(key)).toBe("ok");
    expect(await accessKeys.create(anAccessKey({ principal: "mallory" }))).toBe("conflict");
    expect(await accessKeys.find(key.id)).toStrictEqual({ ...key, version: 1 });
  });

  test("what changes, or is deleted, must be what was read", async () => {
    const { accessKeys } = world.store;
    const { id } = anAccessKey();
    await accessKeys.create(anAccessKey());
    const read = there(await accessKeys.find(id));
    expect(await accessKeys.replace({ ...read, status: "Inactive" })).toBe("ok");
    expect(await accessKeys.replace({ ...read, status: "Active" })).toBe("conflict");
    expect(await accessKeys.delete(read)).toBe("conflict");
    const inactive = there(await accessKeys.find(id));
    expect(inactive.status).toBe("Inactive");
    expect(await accessKeys.delete(inactive)).toBe("ok");
    expect(await accessKeys.find(id)).toBeUndefined();
  });

  test("a key is known for a day after its time is over, so that its holder can be told", async () => {
    const { accessKeys } = world.store;
    const key = anAccessKey({ validUntil: world.now + 1_000 });
    await accessKeys.create(key);
    world.now += DAY_MS;
    expect(await accessKeys.find(key.id)).toMatchObject({ validUntil: key.validUntil });
    world.now += 2_000;
    expect(await accessKeys.find(key.id)).toBeUndefined();
  });

  test("those that last and the temporary ones are listed apart, by id", async () => {
    const { accessKeys } = world.store;
    for (const id of ["ASIA2", "AKIAB", "AKIAA", "AKIAC", "ASIA1"]) {
      await accessKeys.create(anAccessKey({ id }));
    }
    const list = async (temporary: boolean) =>
      (await drainPages((page) => accessKeys.page({ temporary }, page))).map(({ id }) => id);
    expect(await list(false)).toEqual(["AKIAA", "AKIAB", "AKIAC"]);
    expect(await list(true)).toEqual(["ASIA1", "ASIA2"]);
  });
}
