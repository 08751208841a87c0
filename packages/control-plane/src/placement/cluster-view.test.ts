import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import {
  aLedger,
  anInstance,
  aReservation,
  aTask,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { ClusterViews } from "./cluster-view.ts";

const CLUSTER = "default";

/** A table that counts how many items its queries and reads of single items gave. */
function countedTable() {
  const table = createMemoryTable();
  const counted = { items: 0 };
  const counting: Table = {
    ...table,
    query: async (pk, options) => {
      const page = await table.query(pk, options);
      counted.items += page.items.length;
      return page;
    },
    getMany: async (keys, options) => {
      const items = await table.getMany(keys, options);
      counted.items += items.filter(({ pk }) => pk.startsWith("ledgers#")).length;
      return items;
    },
  };
  return { table: counting, counted };
}

async function aClusterOf(count: number, slice = 4) {
  const { table, counted } = countedTable();
  const controlPlane = aControlPlane({ table });
  for (let number = 1; number <= count; number += 1) await join(controlPlane, number, number);
  const view = new ClusterViews(slice).of(CLUSTER);
  return { controlPlane, view, counted };
}

const join = async ({ store }: TestControlPlane, number: number, registeredAt: number) =>
  store.instances.create(
    anInstance({ id: instanceId(number), registeredAt }),
    aLedger({ id: instanceId(number) }),
  );

async function change(
  { store }: TestControlPlane,
  number: number,
  to: Partial<ReturnType<typeof aLedger>>,
) {
  const ledger = await store.instances.findLedger(CLUSTER, instanceId(number));
  if (!ledger) throw new Error(`no instance ${number}`);
  await store.instances.replaceLedger({ ...ledger, ...to });
}

const known = (view: { ids(): Iterable<string> }) =>
  [...view.ids()].map((id) => Number.parseInt(id, 16)).toSorted((a, b) => a - b);

describe("a view of a cluster", () => {
  test("of few instances is read anew every time", async () => {
    const { controlPlane, view } = await aClusterOf(3);
    await view.refresh(controlPlane);
    await change(controlPlane, 2, { agentConnected: false });
    expect(await view.refresh(controlPlane)).toBe(true);
    expect(view.get(instanceId(2))?.ledger.agentConnected).toBe(false);
  });

  test("of many costs a slice, whatever the size of the cluster", async () => {
    const { controlPlane, view, counted } = await aClusterOf(30);
    expect(await view.refresh(controlPlane)).toBe(true);
    expect(known(view)).toHaveLength(30);
    counted.items = 0;
    expect(await view.refresh(controlPlane)).toBe(false);
    expect(counted.items).toBe(5);
  });

  test("comes to know of every change in time", async () => {
    const { controlPlane, view } = await aClusterOf(10);
    await view.refresh(controlPlane);
    await change(controlPlane, 7, { status: "DRAINING" });
    await change(controlPlane, 9, { status: "INACTIVE" });
    for (let turn = 0; turn < 4; turn += 1) await view.refresh(controlPlane);
    expect(view.get(instanceId(7))?.ledger.status).toBe("DRAINING");
    expect(known(view)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
  });

  test("loses and skips nothing where two look at the last slice at once", async () => {
    const { controlPlane, view } = await aClusterOf(8, 2);
    await view.refresh(controlPlane);
    for (let turn = 0; turn < 2; turn += 1) await view.refresh(controlPlane);
    const both = [view.refresh(controlPlane), view.refresh(controlPlane)];
    expect(await Promise.all(both)).toEqual([false, false]);
    expect(known(view)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await change(controlPlane, 1, { status: "DRAINING" });
    await view.refresh(controlPlane);
    expect(view.get(instanceId(1))?.ledger.status).toBe("DRAINING");
  });

  test("does not go back where one that began earlier ends later", async () => {
    const { controlPlane, view } = await aClusterOf(8, 2);
    await view.refresh(controlPlane);
    const held = Promise.withResolvers<void>();
    const { instances } = controlPlane.store;
    const slow = view.refresh({
      ...controlPlane,
      store: {
        ...controlPlane.store,
        instances: {
          ...instances,
          slice: async (...of) => {
            const page = await instances.slice(...of);
            await held.promise;
            return page;
          },
        },
      },
    });
    for (let turn = 0; turn < 2; turn += 1) await view.refresh(controlPlane);
    held.resolve();
    await slow;
    await change(controlPlane, 8, { status: "DRAINING" });
    await view.refresh(controlPlane);
    expect(known(view)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(view.get(instanceId(8))?.ledger.status).toBe("DRAINING");
  });

  test("knows at once of an instance that joined, also of one whose clock is behind", async () => {
    const { controlPlane, view } = await aClusterOf(10);
    await view.refresh(controlPlane);
    await join(controlPlane, 21, controlPlane.now() - 5_000);
    await view.refresh(controlPlane);
    expect(known(view)).toContain(21);
  });

  test("takes nothing that is older than what it knows", async () => {
    const { controlPlane, view } = await aClusterOf(1);
    await view.refresh(controlPlane);
    const old = view.get(instanceId(1));
    if (!old) throw new Error("not known");
    await change(controlPlane, 1, { status: "DRAINING" });
    await view.refresh(controlPlane);
    view.take(old);
    view.takeLedger(old.ledger);
    expect(view.get(instanceId(1))?.ledger.status).toBe("DRAINING");
  });

  test("reads the instances on which a group's tasks are otherwise than it knows", async () => {
    const { controlPlane, view, counted } = await aClusterOf(12);
    const [kept, gone, stopped] = [1, 2, 3].map((number) => taskId("service:web", number));
    const holding = (id = "") => ({ reservations: { [id]: aReservation() } });
    await change(controlPlane, 9, holding(gone));
    await view.refresh(controlPlane);
    // Since then one was started, and another one went.
    await change(controlPlane, 10, holding(kept));
    await change(controlPlane, 9, { reservations: {} });
    counted.items = 0;
    await view.readHolders(controlPlane.store, "service:web", [
      aTask({ id: kept ?? "", containerInstanceId: instanceId(10) }),
      aTask({ id: stopped ?? "", containerInstanceId: instanceId(11), lastStatus: "STOPPED" }),
    ]);
    expect(counted.items).toBe(2);
    expect(view.index.holds(kept ?? "")).toBe(true);
    expect(view.index.holds(gone ?? "")).toBe(false);
  });
});
