import { expect, test } from "vitest";
import { createMemoryTable } from "@berth/store/memory/table";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { definitionNamed, definitionsNamed } from "./definition-cache.ts";

test("reads a definition once, however often it is asked for", async () => {
  const table = createMemoryTable();
  let reads = 0;
  const counting = {
    ...table,
    get: (...args: Parameters<typeof table.get>) => {
      reads += 1;
      return table.get(...args);
    },
  };
  const controlPlane = aControlPlane({ table: counting });
  await controlPlane.store.taskDefinitions.create(aTaskDefinition());

  expect(await definitionNamed(controlPlane, "web:1")).toMatchObject({ family: "web" });
  const readsAtFirst = reads;
  await definitionsNamed(controlPlane, ["web:1", "web:1"]);
  expect(reads).toBe(readsAtFirst);
});

test("does not remember that a definition was absent", async () => {
  const controlPlane = aControlPlane();
  expect(await definitionsNamed(controlPlane, ["web:1"])).toEqual(new Map());
  await controlPlane.store.taskDefinitions.create(aTaskDefinition());
  expect((await definitionsNamed(controlPlane, ["web:1"])).get("web:1")?.revision).toBe(1);
});

test("keeps the definitions of two stores apart", async () => {
  const [one, other] = [aControlPlane(), aControlPlane()];
  await one.store.taskDefinitions.create(aTaskDefinition());
  await definitionNamed(one, "web:1");
  expect(await definitionNamed(other, "web:1")).toBeUndefined();
});
