import type { EventBus } from "@berth/aws/event-bus";
import type { EcsEvent } from "@berth/contracts/ecs-event";
import { createStore } from "@berth/store/create-store";
import { createStoreReader } from "@berth/store/create-reader";
import { toAttributes } from "@berth/store/dynamodb/item-format";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item, Table } from "@berth/store/table";
import { aTask, aTaskDefinition, taskId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import type { DynamoDBRecord } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { createChangeEventsHandler } from "./change-events.ts";
import type { Log, LogDetails } from "./log.ts";

let put: EcsEvent[];
let kept: unknown[];
let historyWorks: boolean;
let logged: LogDetails[];
let log: Log;
let table: Table;

beforeEach(async () => {
  [put, logged, kept, historyWorks] = [[], [], [], true];
  const record = (_: string, details: LogDetails) => void logged.push(details);
  log = { info: record, warn: record, error: record };
  table = createMemoryTable();
  const store = createStore(table, { historyMs: 1, now: () => 0 });
  await setUpCluster({ store }, { definitions: [aTaskDefinition()] });
});

/** Takes so many events and then no more. */
const busThatTakes = (count: number): EventBus => ({
  put: async (events) => {
    put.push(...events.slice(0, count));
    return events.length <= count
      ? { taken: events.length }
      : { taken: count, error: new Error("no bus") };
  },
});

const handler = (count = Infinity) =>
  createChangeEventsHandler({
    scope: { region: "us-east-1", account: "000000000000" },
    store: createStoreReader(table),
    bus: busThatTakes(count),
    history: {
      add: async (events) => {
        if (!historyWorks) throw new Error("no table");
        kept.push(...events);
      },
    },
    log,
  });

/** The record of a task's birth, as Lambda hands it over. */
async function birth(number: number): Promise<DynamoDBRecord> {
  const own = createMemoryTable();
  const store = createStore(own, { historyMs: 1, now: () => 0 });
  const id = taskId("service:web", number);
  await store.tasks.create(aTask({ id }));
  const item = await own.get({ pk: "tasks#default", sk: id });
  return recordOf(item ?? { pk: "", sk: "", version: 0 }, number);
}

type Images = NonNullable<DynamoDBRecord["dynamodb"]>;

const recordOf = (item: Item, number: number): DynamoDBRecord => ({
  eventName: "INSERT",
  dynamodb: {
    ApproximateCreationDateTime: 1_700_000_000,
    NewImage: toAttributes(item, 1) as NonNullable<Images["NewImage"]>,
    SequenceNumber: String(number),
  },
});

const tasksTold = () => put.map(({ resource }) => Number.parseInt(resource.slice(-8), 16));
const failureAt = (number: number) => ({
  batchItemFailures: [{ itemIdentifier: String(number) }],
});

const unreadable = recordOf({ pk: "tasks#default", sk: "x", version: 1, containers: 5 }, 2);

describe("a batch of changes", () => {
  it("is told in its order, with what the table knows of the task's definition", async () => {
    const Records = await Promise.all([1, 2, 3].map(birth));
    expect(await handler()({ Records })).toEqual({ batchItemFailures: [] });
    expect(tasksTold()).toEqual([1, 2, 3]);
    expect(put[0]).toMatchObject({
      detailType: "ECS Task State Change",
      time: 1_700_000_000_000,
      detail: { containers: [{ image: "busybox" }] },
    });
  });

  it("comes again from the first change on that the bus did not take", async () => {
    const Records = await Promise.all([1, 2, 3].map(birth));
    expect(await handler(1)({ Records })).toEqual(failureAt(2));
    expect(logged).toMatchObject([{ error: { message: "no bus" } }]);
  });

  it("comes again from a change on that nobody can read, and what is before it is told", async () => {
    const Records = [await birth(1), unreadable, await birth(3)];
    expect(await handler()({ Records })).toEqual(failureAt(2));
    expect(tasksTold()).toEqual([1]);
    expect(logged).toMatchObject([{ sequenceNumber: "2", error: { name: "TypeError" } }]);
  });

  it.each<[string, () => Promise<DynamoDBRecord>, number]>([
    ["cannot be read", async () => unreadable, Infinity],
    ["the bus does not take", () => birth(2), 0],
  ])("is halved where its first change %s, until that is alone", async (_, first, taken) => {
    const Records = [await first(), await birth(3)];
    await expect(handler(taken)({ Records })).rejects.toThrow("halves");
    expect(await handler(taken)({ Records: Records.slice(0, 1) })).toEqual(failureAt(2));
  });

  it("is nothing to tell of where an item went, or is none of ECS's", async () => {
    const session = recordOf({ pk: "sessions#default", sk: "x", version: 1 }, 1);
    const gone: DynamoDBRecord = {
      eventName: "REMOVE",
      dynamodb: { OldImage: {}, SequenceNumber: "2" },
    };
    expect(await handler()({ Records: [session, gone] })).toEqual({ batchItemFailures: [] });
    expect(put).toEqual([]);
  });

  it("is kept for those who follow: what the bus took, as it shows it", async () => {
    const Records = await Promise.all([1, 2, 3].map(birth));
    await handler(2)({ Records });
    expect(kept).toMatchObject([1, 2].map(() => ({ "detail-type": "ECS Task State Change" })));
  });

  it("comes again where it could not be kept", async () => {
    historyWorks = false;
    await expect(handler()({ Records: [await birth(1)] })).rejects.toThrow("no table");
  });

  it("is told in the same words when it comes again", async () => {
    const Records = await Promise.all([1, 2].map(birth));
    await handler()({ Records });
    await handler()({ Records });
    expect(put.slice(2)).toEqual(put.slice(0, 2));
  });
});
