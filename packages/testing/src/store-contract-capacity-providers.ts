import { beforeEach, expect, test } from "vitest";
import { aCapacityProvider } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

/** Part of the store's contract. */
export function describeCapacityProviders(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a provider is read as it was created, once", async () => {
    const { capacityProviders } = world.store;
    const provider = aCapacityProvider({
      clusters: { live: 5 },
      tags: [{ key: "team", value: "" }],
    });
    expect(await capacityProviders.find("spot")).toBeUndefined();
    expect(await capacityProviders.create(provider)).toBe("ok");
    expect(await capacityProviders.create(provider)).toBe("conflict");
    expect(await capacityProviders.find("spot")).toStrictEqual({ ...provider, version: 1 });
  });

  test("a change needs the version that was read", async () => {
    const { capacityProviders } = world.store;
    await capacityProviders.create(aCapacityProvider());
    const read = there(await capacityProviders.find("spot"));
    expect(await capacityProviders.replace({ ...read, clusters: { a: 1 } })).toBe("ok");
    expect(await capacityProviders.replace({ ...read, clusters: {} })).toBe("conflict");
    expect(await capacityProviders.find("spot")).toMatchObject({ clusters: { a: 1 }, version: 2 });
  });

  test("a deleted one is found for a while, listed no more, and makes room for another", async () => {
    const { capacityProviders } = world.store;
    await capacityProviders.create(aCapacityProvider());
    const read = there(await capacityProviders.find("spot"));
    const deleted = { ...read, status: "INACTIVE" as const, inactiveAt: world.now };
    await capacityProviders.replace(deleted);
    expect(await capacityProviders.find("spot")).toMatchObject({ status: "INACTIVE" });
    expect(await drainPages((page) => capacityProviders.page(page))).toEqual([]);
    world.passHistory();
    expect(await capacityProviders.find("spot")).toBeUndefined();
    expect(await capacityProviders.create(aCapacityProvider())).toBe("ok");
    world.passHistory();
    expect(await capacityProviders.find("spot")).toMatchObject({ status: "ACTIVE" });
  });

  test("of several names those are found that there are", async () => {
    const { capacityProviders } = world.store;
    for (const name of ["a", "b"]) await capacityProviders.create(aCapacityProvider({ name }));
    const found = await capacityProviders.findMany(["b", "absent", "a"]);
    expect(found.map(({ name }) => name).toSorted()).toEqual(["a", "b"]);
    expect(await capacityProviders.findMany([])).toEqual([]);
  });

  test("the ACTIVE ones are listed by name on full pages", async () => {
    const { capacityProviders } = world.store;
    for (const name of ["b", "gone", "a-b", "a1", "a"]) {
      const status = name === "gone" ? "INACTIVE" : "ACTIVE";
      await capacityProviders.create(aCapacityProvider({ name, status, inactiveAt: world.now }));
    }
    const listed = await drainPages((page) => capacityProviders.page(page));
    expect(listed.map(({ name }) => name)).toEqual(["a", "a-b", "a1", "b"]);
    expect((await capacityProviders.page({ limit: 4 })).items).toHaveLength(4);
  });
}
