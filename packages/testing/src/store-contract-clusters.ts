import { beforeEach, expect, test } from "vitest";
import { aCluster } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

/** Part of the store's contract. */
export function describeClusters(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a cluster is read as it was created", async () => {
    const { clusters } = world.store;
    const cluster = aCluster({
      name: "prod",
      settings: [{ name: "containerInsights", value: "enabled" }],
      configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
      tags: [{ key: "team", value: "" }],
    });
    expect(await clusters.create(cluster)).toBe("ok");
    expect(await clusters.create(cluster)).toBe("conflict");
    expect(await clusters.find("prod")).toStrictEqual({ ...cluster, version: 1 });
    expect(await clusters.find("absent")).toBeUndefined();
  });

  test("a change needs the version that was read", async () => {
    const { clusters } = world.store;
    await clusters.create(aCluster());
    const read = there(await clusters.find("default"));
    expect(await clusters.replace({ ...read, status: "INACTIVE" })).toBe("ok");
    expect(await clusters.replace({ ...read, tags: [{ key: "lost", value: "race" }] })).toBe(
      "conflict",
    );
    expect(await clusters.find("default")).toMatchObject({
      status: "INACTIVE",
      tags: [],
      version: 2,
    });
  });

  test("many are found at once, absent ones left out", async () => {
    const { clusters } = world.store;
    for (const name of ["a", "b"]) await clusters.create(aCluster({ name }));
    const found = await clusters.findMany(["b", "absent", "a"]);
    expect(found.map((each) => each.name).toSorted()).toEqual(["a", "b"]);
  });

  test("the ACTIVE ones are listed by name on full pages", async () => {
    const { clusters } = world.store;
    for (const name of ["b", "a_b", "gone", "a", "a-b", "a1"]) {
      await clusters.create(aCluster({ name, status: name === "gone" ? "INACTIVE" : "ACTIVE" }));
    }
    const names = await drainPages((page) => clusters.list(page));
    expect(names).toEqual(["a", "a-b", "a1", "a_b", "b"]);
    expect((await clusters.list({ limit: 5 })).items).toHaveLength(5);
  });
}
