import { aLedger, anInstance, instanceId } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { createStore } from "../create-store.ts";
import { kindOf } from "../keys.ts";
import { createMemoryTable } from "../memory/table.ts";

const OPTIONS = { historyMs: 60_000, now: () => 1_000 };
const id = instanceId(1);

test("a description whose writer died before the ledger is in nobody's way", async () => {
  const table = createMemoryTable();
  let dies = false;
  const store = createStore(
    {
      ...table,
      replace: async (item) => {
        if (dies && kindOf(item) === "ledgers") throw new Error("the process died");
        return table.replace(item);
      },
    },
    OPTIONS,
  );
  const { instances } = store;
  await instances.create(anInstance({ id }), aLedger({ id }));
  const readAndWrite = async (value: string) => {
    const stored = await instances.find("default", id);
    if (!stored) throw new Error("the instance is missing");
    const attributes = [{ name: "stack", value }];
    return instances.replaceDescription({ ...stored.instance, attributes });
  };
  dies = true;
  await expect(readAndWrite("a")).rejects.toThrow("the process died");
  dies = false;
  // What the process remembers is behind, and the refused write says so.
  expect(await readAndWrite("b")).toBe("conflict");
  expect(await readAndWrite("b")).toBe("ok");
  expect((await instances.find("default", id))?.instance.attributes).toEqual([
    { name: "stack", value: "b" },
  ]);
});
