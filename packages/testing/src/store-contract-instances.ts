import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import type { Table } from "@berth/store/table";
import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { aLedger, anInstance, aReservation, instanceId, taskId } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const CLUSTER = "default";
const ID = instanceId(1);

/** Part of the store's contract. */
export function describeInstances(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const create = (
    instance: Partial<ContainerInstance> = {},
    ledger: Partial<InstanceLedger> = {},
  ) => {
    const description = anInstance(instance);
    return world.store.instances.create(description, aLedger({ id: description.id, ...ledger }));
  };

  /** As many more, each where the store wants it. */
  const join = async (count: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const id = await world.store.instances.newId(CLUSTER, instanceId(number).slice(2));
      if ((await create({ id })) === "ok") ids.push(id);
      else {
        const other = `${id.slice(0, 2)}f${id.slice(3)}`;
        await create({ id: other });
        ids.push(other);
      }
    }
    return ids;
  };

  test("an instance is read as it was registered, with its ledger", async () => {
    const { instances } = world.store;
    const attributes = [{ name: "ecs.os-type", value: "linux" }, { name: "bare" }];
    const reservations = { [taskId("service:web", 1)]: aReservation({ tcpPorts: [80, 443] }) };
    expect(await create({ attributes }, { reservations })).toBe("ok");
    expect(await instances.find(CLUSTER, ID)).toStrictEqual({
      instance: { ...anInstance({ attributes }), version: 1 },
      ledger: { ...aLedger({ reservations, joinedAt: 0 }), version: 1 },
    });
    expect(await instances.findLedger(CLUSTER, ID)).toStrictEqual({
      ...aLedger({ reservations, joinedAt: 0 }),
      version: 1,
    });
    expect(await instances.find(CLUSTER, instanceId(2))).toBeUndefined();
    expect(await instances.find("another", ID)).toBeUndefined();
  });

  test("an instance is created once", async () => {
    await create();
    expect(await create({ ec2InstanceId: "i-2" })).toBe("conflict");
    const found = await world.anotherStore().instances.find(CLUSTER, ID);
    expect(found?.instance.ec2InstanceId).toBeUndefined();
  });

  test("a registration that died before the ledger is no instance, and can be done again", async () => {
    const dying: Table = {
      ...world.table,
      create: async (item) => {
        if (item.pk.startsWith("ledgers#")) throw new Error("died");
        return world.table.create(item);
      },
    };
    const registration = world
      .anotherStore(dying)
      .instances.create(anInstance({ ec2InstanceId: "i-1" }), aLedger());
    await expect(registration).rejects.toThrow("died");
    expect(await world.store.instances.find(CLUSTER, ID)).toBeUndefined();
    expect(await world.store.instances.all(CLUSTER)).toEqual([]);

    expect(await create({ ec2InstanceId: "i-2" })).toBe("ok");
    const found = there(await world.store.instances.find(CLUSTER, ID));
    expect(found.instance.ec2InstanceId).toBe("i-2");
    expect(found.ledger.descriptionVersion).toBe(found.instance.version);
  });

  test("of those who reserve at once, exactly one wins", async () => {
    const { instances } = world.store;
    await create();
    const ledger = there(await instances.findLedger(CLUSTER, ID));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        instances.replaceLedger({
          ...ledger,
          reservations: { [taskId("service:web", number)]: aReservation() },
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    const after = there(await instances.findLedger(CLUSTER, ID));
    expect(Object.keys(after.reservations)).toEqual([
      taskId("service:web", outcomes.indexOf("ok")),
    ]);
  });

  test("a ledger says the same when it is read again", async () => {
    const { instances } = world.store;
    await create();
    const port = fc.integer({ min: 1, max: 65_535 });
    const reservation = fc.record(
      {
        cpuUnits: fc.nat(),
        memoryMiB: fc.nat(),
        tcpPorts: fc.array(port, { maxLength: 3 }),
        udpPorts: fc.constantFrom([], [53], [7000, 7001, 7002, 9000]),
        countable: fc.constantFrom({ GPU: 1 }, { GPU: 2, licence: 30 }),
        gpuIds: fc.constantFrom(["GPU-0"], ["GPU-1", "GPU-2"]),
        reservedAt: fc.integer({ min: 0, max: 9_999_999_999_999 }),
      },
      {
        noNullPrototype: true,
        requiredKeys: ["cpuUnits", "memoryMiB", "tcpPorts", "udpPorts", "reservedAt"],
      },
    );
    const id = fc.stringMatching(/^[0-9a-f]{32}$/);
    const roundTrip = fc.asyncProperty(
      fc.dictionary(id, reservation, { maxKeys: 5, noNullPrototype: true }),
      fc.constantFrom("ACTIVE", "DRAINING"),
      fc.boolean(),
      async (reservations, status, agentConnected) => {
        const before = there(await instances.findLedger(CLUSTER, ID));
        const written = { ...before, reservations, status, agentConnected } as const;
        expect(await instances.replaceLedger(written)).toBe("ok");
        const read = await instances.findLedger(CLUSTER, ID);
        expect(read).toStrictEqual({ ...written, version: before.version + 1 });
      },
    );
    await fc.assert(roundTrip, { numRuns: 50 });
  });

  test("all of a cluster are those not INACTIVE, each with its description", async () => {
    for (const number of [1, 2, 3]) {
      const id = instanceId(number);
      await create({ id, ec2InstanceId: `i-${number}` }, { id });
    }
    const { instances } = world.store;
    const second = there(await instances.findLedger(CLUSTER, instanceId(2)));
    await instances.replaceLedger({ ...second, status: "INACTIVE" });
    const third = there(await instances.findLedger(CLUSTER, instanceId(3)));
    await instances.replaceLedger({ ...third, status: "DRAINING" });
    const all = await instances.all(CLUSTER);
    expect(all.map(({ instance, ledger }) => [instance.ec2InstanceId, ledger.status])).toEqual([
      ["i-1", "ACTIVE"],
      ["i-3", "DRAINING"],
    ]);
    const many = await instances.findMany(CLUSTER, [2, 1, 9].map(instanceId));
    expect(many.map(({ instance }) => instance.id).toSorted()).toEqual([1, 2].map(instanceId));
  });

  test("slices lead through a cluster, past those that are INACTIVE", async () => {
    for (const number of [1, 2, 3, 4, 5]) {
      const id = instanceId(number);
      await create({ id }, { id, ...(number === 2 && { status: "INACTIVE" }) });
    }
    const { instances } = world.store;
    const seen: string[] = [];
    let startAfter: string | undefined;
    do {
      const page = await instances.slice(CLUSTER, {
        limit: 2,
        ...(startAfter !== undefined && { startAfter }),
      });
      seen.push(...page.items.map(({ instance }) => instance.id));
      startAfter = page.next;
    } while (startAfter !== undefined);
    expect(seen).toEqual([1, 3, 4, 5].map(instanceId));
  });

  test("many lie in shards of five, which slices and all lead through", async () => {
    const ids = await join(13);
    expect(ids.map((id) => id.slice(0, 2))).toEqual([
      ...Array<string>(5).fill("00"),
      ...Array<string>(5).fill("01"),
      ...Array<string>(3).fill("02"),
    ]);
    const { instances } = world.anotherStore();
    const seen = await drainPages((page) => instances.slice(CLUSTER, page), 3);
    expect(seen.map(({ instance }) => instance.id)).toEqual(ids);
    expect(await instances.slice(CLUSTER, { limit: 6 })).toMatchObject({ next: "01" });
    const all = await world.anotherStore().instances.all(CLUSTER);
    expect(all.map(({ instance }) => instance.id)).toEqual(ids);
  });

  test("a shard with room again takes the next, and one that nobody is in is passed over", async () => {
    const ids = await join(7);
    const { instances } = world.store;
    for (const id of ids.slice(0, 5)) {
      const ledger = there(await instances.findLedger(CLUSTER, id));
      await instances.replaceLedger({ ...ledger, status: "INACTIVE" });
    }
    expect(await join(1)).toEqual([expect.stringMatching(/^01/u)]);
    world.passHistory();
    const page = await world.anotherStore().instances.slice(CLUSTER, { limit: 6 });
    expect(page.items).toHaveLength(3);
    expect(page.next).toBeUndefined();
  });

  test("a shard that another process opened is seen by all, and by who reads an instance in it", async () => {
    await join(5);
    const [first, second] = [world.anotherStore().instances, world.anotherStore().instances];
    for (const instances of [first, second]) await instances.slice(CLUSTER, { limit: 6 });
    const [sixth = ""] = await join(1);
    expect(await first.all(CLUSTER)).toHaveLength(6);
    await second.findMany(CLUSTER, [sixth]);
    expect(await drainPages((page) => second.slice(CLUSTER, page), 6)).toHaveLength(6);
  });

  test("beyond the last shard that there may be, instances spread over all", async () => {
    const last = `3f${"0".repeat(30)}`;
    await create({ id: last });
    const { instances } = world.store;
    const of = async (digits: string) =>
      (await instances.newId(CLUSTER, digits.padEnd(30, "0"))).slice(0, 2);
    expect(await of("0000")).toBe("00");
    expect(await of("0041")).toBe("01");
    expect(await instances.all(CLUSTER)).toHaveLength(1);
  });

  test("shards are opened by several at once", async () => {
    const ids = [3, 1, 2].map((shard) => `0${shard}${"0".repeat(30)}`);
    await Promise.all(ids.map((id) => create({ id })));
    expect(await world.anotherStore().instances.all(CLUSTER)).toHaveLength(3);
  });

  test("who gives a token again comes to the same id, while history is kept", async () => {
    const { instances } = world.store;
    const first = await instances.newId(CLUSTER, "a".repeat(30), "token");
    expect(await instances.newId(CLUSTER, "b".repeat(30), "token")).toBe(first);
    expect(await instances.newId("other", "b".repeat(30), "token")).not.toBe(first);
    expect(await instances.newId(CLUSTER, "b".repeat(30), "token2")).not.toBe(first);
    world.passHistory();
    expect(await instances.newId(CLUSTER, "b".repeat(30), "token")).not.toBe(first);
  });

  test("those that joined since some time are listed, until they are INACTIVE", async () => {
    const at = (number: number) => ({ id: instanceId(number), registeredAt: number * 1_000 });
    for (const number of [1, 2, 3]) await create(at(number), { id: instanceId(number) });
    const { instances } = world.store;
    expect(await instances.joinedSince(CLUSTER, 2_000)).toEqual([2, 3].map(instanceId));
    const third = there(await instances.findLedger(CLUSTER, instanceId(3)));
    expect(third.joinedAt).toBe(3_000);
    await instances.replaceLedger({ ...third, agentConnected: false });
    expect(await instances.joinedSince(CLUSTER, 2_001)).toEqual([instanceId(3)]);
    const written = there(await instances.findLedger(CLUSTER, instanceId(3)));
    await instances.replaceLedger({ ...written, status: "INACTIVE" });
    expect(await instances.joinedSince(CLUSTER, 2_001)).toEqual([]);
  });

  test("instances are found by the EC2 instance under them, in whatever cluster", async () => {
    const { instances } = world.store;
    await create({ ec2InstanceId: "i-1" });
    await create({ id: instanceId(2), ec2InstanceId: "i-1" }, { id: instanceId(2) });
    const elsewhere = { cluster: "other", id: ID };
    await instances.create(
      anInstance({ ...elsewhere, ec2InstanceId: "i-1" }),
      aLedger({ ...elsewhere }),
    );
    await create({ id: instanceId(3), ec2InstanceId: "i-10" }, { id: instanceId(3) });
    await create({ id: instanceId(4) }, { id: instanceId(4) });
    expect(await instances.onHost("i-1")).toEqual([
      { cluster: CLUSTER, id: ID },
      { cluster: CLUSTER, id: instanceId(2) },
      elsewhere,
    ]);
    expect(await instances.onHost("i-2")).toEqual([]);
  });

  test("agents that are missed are listed, the longest first, until they are back or not expected", async () => {
    const { instances } = world.store;
    const away = async (number: number, ledger: Partial<InstanceLedger>) => {
      const id = instanceId(number);
      await create({ id }, { agentConnected: false, ...ledger });
    };
    const host = { ec2InstanceId: "i-1", at: 0 } as const;
    await away(1, { agentAwaySince: 2_000 });
    await away(2, { agentAwaySince: 1_000 });
    await away(3, { agentAwaySince: 3_000 });
    await away(4, { agentAwaySince: 1_000, status: "INACTIVE" });
    await away(5, { agentAwaySince: 1_000, host: { ...host, state: "stopped" } });
    await away(6, { agentAwaySince: 1_000, host: { ...host, state: "leaving" } });
    const missed = async (before: number, limit = 10) =>
      (await instances.missingAgents(before, limit)).map(({ id }) => Number.parseInt(id, 16));
    expect(await missed(3_000)).toEqual([2, 6, 1]);
    expect(await missed(3_001)).toEqual([2, 6, 1, 3]);
    expect(await missed(3_001, 2)).toEqual([2, 6]);

    const { agentAwaySince: _, ...back } = there(
      await instances.findLedger(CLUSTER, instanceId(2)),
    );
    await instances.replaceLedger({ ...back, agentConnected: true });
    expect(await missed(3_000)).toEqual([6, 1]);
  });

  test("an instance that comes with another EC2 instance id is found by that one", async () => {
    const { instances } = world.store;
    await create({ ec2InstanceId: "i-1" });
    const { instance } = there(await instances.find(CLUSTER, ID));
    await instances.replaceDescription({ ...instance, ec2InstanceId: "i-2" });
    expect(await instances.onHost("i-1")).toEqual([]);
    expect(await instances.onHost("i-2")).toEqual([{ cluster: CLUSTER, id: ID }]);
  });

  test("a changed description reaches whoever remembers the old one", async () => {
    await create();
    const remembering = world.anotherStore();
    await remembering.instances.all(CLUSTER);
    const { instances } = world.store;
    const { instance, ledger } = there(await instances.find(CLUSTER, ID));
    const tags = [{ key: "team", value: "blue" }];
    expect(await instances.replaceDescription({ ...instance, tags })).toBe("ok");
    expect(await instances.replaceDescription({ ...instance, tags: [] })).toBe("conflict");

    const [seen] = await remembering.instances.all(CLUSTER);
    expect(seen?.instance).toMatchObject({ tags, version: 2 });
    expect(seen?.ledger).toMatchObject({ descriptionVersion: 2, version: ledger.version + 1 });
  });

  test("an INACTIVE instance can be described for a while, and then its id is free", async () => {
    const { instances } = world.store;
    await create({ ec2InstanceId: "i-1" });
    const ledger = there(await instances.findLedger(CLUSTER, ID));
    await instances.replaceLedger({ ...ledger, status: "INACTIVE" });
    expect(await world.anotherStore().instances.find(CLUSTER, ID)).toMatchObject({
      instance: { ec2InstanceId: "i-1" },
      ledger: { status: "INACTIVE" },
    });
    world.passHistory();
    expect(await instances.find(CLUSTER, ID)).toBeUndefined();
    expect(await create({ ec2InstanceId: "i-2" })).toBe("ok");
    const again = there(await world.anotherStore().instances.find(CLUSTER, ID));
    expect(again.instance.ec2InstanceId).toBe("i-2");
    expect(await instances.replaceLedger({ ...again.ledger, status: "DRAINING" })).toBe("ok");
  });
}
