import { beforeEach, expect, test } from "vitest";
import { aContainerDefinition, aTaskDefinition } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

/** Families of which each is the beginning of another, or sorts beside one that is. */
const TRICKY = ["a_b", "a", "a1", "a-b", "ab", "A"] as const;

/** Part of the store's contract. */
export function describeTaskDefinitions(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const register = async (family: string, revisions: number) => {
    for (let revision = 1; revision <= revisions; revision += 1) {
      await world.store.taskDefinitions.create(aTaskDefinition({ family, revision }));
    }
  };
  const deregister = async (family: string, revision: number) => {
    const { taskDefinitions } = world.store;
    const read = there(await taskDefinitions.find(family, revision));
    expect(await taskDefinitions.replace({ ...read, status: "INACTIVE" })).toBe("ok");
  };
  const list = (filter: { readonly family?: string; readonly descending?: boolean } = {}) =>
    drainPages((page) => world.store.taskDefinitions.list({ status: "ACTIVE", ...filter }, page));
  const listFamilies = (statuses: readonly ("ACTIVE" | "INACTIVE")[], prefix?: string) =>
    drainPages((page) =>
      world.store.taskDefinitions.listFamilies(
        { statuses, ...(prefix !== undefined && { prefix }) },
        page,
      ),
    );

  test("a revision is read as it was registered, with members that are only kept", async () => {
    const { taskDefinitions } = world.store;
    const definition = aTaskDefinition({
      containerDefinitions: [
        aContainerDefinition({ logConfiguration: { logDriver: "json-file" } }),
      ],
      ephemeralStorage: { sizeInGiB: 30 },
    });
    expect(await taskDefinitions.create(definition)).toBe("ok");
    expect(await taskDefinitions.create(definition)).toBe("conflict");
    expect(await taskDefinitions.find("web", 1)).toStrictEqual({ ...definition, version: 1 });
    expect(await taskDefinitions.find("web", 2)).toBeUndefined();
  });

  test("the latest revision counts INACTIVE ones, by number and not by text", async () => {
    const { taskDefinitions } = world.store;
    expect(await taskDefinitions.latestRevision("a")).toBe(0);
    await register("a", 11);
    await register("a1", 1);
    await deregister("a", 11);
    expect(await taskDefinitions.latestRevision("a")).toBe(11);
    expect(await taskDefinitions.latestRevision("a1")).toBe(1);
  });

  test("the latest ACTIVE one is found behind INACTIVE ones", async () => {
    const { taskDefinitions } = world.store;
    await register("a", 4);
    await deregister("a", 4);
    await deregister("a", 3);
    expect(await taskDefinitions.findLatestActive("a")).toMatchObject({ family: "a", revision: 2 });
    await deregister("a", 2);
    await deregister("a", 1);
    expect(await taskDefinitions.findLatestActive("a")).toBeUndefined();
  });

  test("a removed one is found and listed nowhere, and its revision stays taken", async () => {
    const { taskDefinitions } = world.store;
    await register("a", 2);
    const read = there(await taskDefinitions.find("a", 2));
    const leaving = { ...read, status: "DELETE_IN_PROGRESS" as const, due: 10 };
    expect(await taskDefinitions.replace(leaving)).toBe("ok");
    expect(await world.store.overdue(10, 10)).toStrictEqual([
      { kind: "taskDefinition", family: "a", revision: 2, due: 10 },
    ]);
    expect(await taskDefinitions.remove(read)).toBe("conflict");
    expect(await taskDefinitions.remove(there(await taskDefinitions.find("a", 2)))).toBe("ok");
    expect(await taskDefinitions.find("a", 2)).toBeUndefined();
    const left = await taskDefinitions.list({ status: "DELETE_IN_PROGRESS" }, { limit: 10 });
    expect(left.items).toEqual([]);
    expect(await world.store.overdue(10, 10)).toEqual([]);
    expect(await taskDefinitions.latestRevision("a")).toBe(2);
    expect(await taskDefinitions.create(aTaskDefinition({ family: "a", revision: 2 }))).toBe(
      "conflict",
    );
  });

  test("a listing goes by family, then by numeric revision", async () => {
    for (const family of TRICKY) await register(family, family === "a" ? 11 : 1);
    const revisionsOfA = Array.from({ length: 11 }, (_, index) => `a:${index + 1}`);
    const expected = ["A:1", ...revisionsOfA, "a-b:1", "a1:1", "a_b:1", "ab:1"];
    expect(await list()).toEqual(expected);
    expect(await list({ descending: true })).toEqual(expected.toReversed());
  });

  test("a listing of a family holds no other one", async () => {
    for (const family of TRICKY) await register(family, 2);
    expect(await list({ family: "a" })).toEqual(["a:1", "a:2"]);
    expect(await list({ family: "a", descending: true })).toEqual(["a:2", "a:1"]);
    expect(await list({ family: "absent" })).toEqual([]);
  });

  test("a listing follows a change of status", async () => {
    await register("a", 2);
    await deregister("a", 1);
    expect(await list()).toEqual(["a:2"]);
    const inactive = await world.store.taskDefinitions.list({ status: "INACTIVE" }, { limit: 10 });
    expect(inactive).toEqual({ items: ["a:1"] });
  });

  test("families are listed once each, in order, by prefix and by status", async () => {
    for (const family of TRICKY) await register(family, 3);
    await deregister("a1", 1);
    for (const revision of [1, 2, 3]) await deregister("a-b", revision);
    expect(await listFamilies(["ACTIVE"])).toEqual(["A", "a", "a1", "a_b", "ab"]);
    expect(await listFamilies(["INACTIVE"])).toEqual(["a-b", "a1"]);
    expect(await listFamilies(["ACTIVE", "INACTIVE"])).toEqual([
      "A",
      "a",
      "a-b",
      "a1",
      "a_b",
      "ab",
    ]);
    expect(await listFamilies(["ACTIVE", "INACTIVE"], "a")).toEqual([
      "a",
      "a-b",
      "a1",
      "a_b",
      "ab",
    ]);
    expect(await listFamilies(["ACTIVE"], "a1")).toEqual(["a1"]);
  });

  test("a family of many revisions hides none behind it", async () => {
    await register("a", 250);
    await register("b", 1);
    expect(await listFamilies(["ACTIVE"])).toEqual(["a", "b"]);
  });
}
