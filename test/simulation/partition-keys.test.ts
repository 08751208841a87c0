import { AWS_TABLE_SHARDS } from "@berth/functions/table-shards";
import { smallWorld } from "@berth/simulator/testing/small-world";
import type { SmallWorld } from "@berth/simulator/testing/small-world";
import { itemSize, writeUnits } from "@berth/store/dynamodb/item-size";
import { dueShardOf } from "@berth/store/dynamodb/item-format";
import { createMemoryTable } from "@berth/store/memory/table";
import { LEDGERS_PER_SHARD } from "@berth/store/store";
import type { Item } from "@berth/store/table";
import { watchWrites } from "@berth/testing/watch-writes";
import { expect, test } from "vitest";

const STARTS = 500;
/** Six starts a second each; eight is what one engine was seen to do (docs/BENCHMARKS.md). */
const INSTANCES = 80;
/** Of the 1,000 write units a second that DynamoDB gives a partition key. */
const A_TENTH = 100;

/** Write units by partition key, of the table and of its indexes. */
class Heat {
  readonly units = new Map<string, number>();

  note(after: Item, before: Item | undefined): void {
    this.#add(after.pk, writeUnits(itemSize(after)));
    for (const [was, is] of [
      [dueEntry(before), dueEntry(after)],
      [listEntry(before), listEntry(after)],
    ]) {
      if (was?.entry === is?.entry) continue;
      if (was) this.#add(was.key, 1);
      if (is) this.#add(is.key, 1);
    }
  }

  #add(key: string, units: number): void {
    this.units.set(key, (this.units.get(key) ?? 0) + units);
  }
}

interface Entry {
  readonly key: string;
  readonly entry: string;
}

function dueEntry(item: Item | undefined): Entry | undefined {
  if (item?.due === undefined) return undefined;
  const key = `due ${dueShardOf(item, AWS_TABLE_SHARDS)}`;
  return { key, entry: `${key} ${item.due}` };
}

function listEntry(item: Item | undefined): Entry | undefined {
  if (item?.listPk === undefined) return undefined;
  return { key: item.listPk, entry: `${item.listPk} ${item.listSk}` };
}

async function startedInstances() {
  const heat = new Heat();
  const table = watchWrites(createMemoryTable(), (after, before) => heat.note(after, before));
  const small = await smallWorld({
    table,
    zones: Array.from({ length: INSTANCES }, (_, index) => "abc"[index % 3] ?? "a"),
    spread: { shards: AWS_TABLE_SHARDS, ledgersPerShard: LEDGERS_PER_SHARD },
  });
  await small.pass(60_000);
  heat.units.clear();
  return { heat, ...small };
}

/** One request, and a moment of its own in the virtual second. */
async function each<T>(
  small: SmallWorld,
  values: readonly T[],
  send: (value: T) => Promise<unknown>,
) {
  for (const value of values) {
    await send(value);
    await small.pass(1_000 / values.length);
  }
}

const STARTED_BY: readonly (readonly [string, (small: SmallWorld) => Promise<void>])[] = [
  [
    "RunTask",
    async (small) => {
      const { world } = small;
      const arns: string[] = [];
      await each(small, Array.from({ length: STARTS }), async () => {
        const { tasks = [] } = await world.call("RunTask", { taskDefinition: "web" });
        arns.push(...tasks.map(({ taskArn = "" }) => taskArn));
      });
      await small.pass(30_000);
      await each(small, arns, async (task) => world.call("StopTask", { task }));
    },
  ],
  [
    "services",
    async (small) => {
      const { world } = small;
      const names = Array.from({ length: STARTS / 5 }, (_, index) => `service-${index}`);
      await each(small, names, async (serviceName) =>
        world.call("CreateService", { serviceName, taskDefinition: "web", desiredCount: 5 }),
      );
      await small.pass(30_000);
      await each(small, names, async (service) =>
        world.call("UpdateService", { service, desiredCount: 0 }),
      );
    },
  ],
];

test.each(STARTED_BY)(
  `${STARTS} tasks that %s starts, and their ends, write to no partition key more than a tenth of what it takes in a second`,
  async (_, start) => {
    const small = await startedInstances();
    await start(small);
    await small.pass(30_000);
    const { runningTasksCount, pendingTasksCount } = (
      await small.world.call("DescribeClusters", {})
    ).clusters?.[0] ?? { runningTasksCount: -1, pendingTasksCount: -1 };
    expect([runningTasksCount, pendingTasksCount]).toEqual([0, 0]);
    expect(small.heat.units.size).toBeGreaterThan(AWS_TABLE_SHARDS);
    const tooHot = [...small.heat.units].filter(([, units]) => units > A_TENTH);
    expect(tooHot).toEqual([]);
  },
);
