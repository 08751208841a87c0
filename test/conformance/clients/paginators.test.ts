import * as ecs from "@aws-sdk/client-ecs";
import { lastSegment } from "@berth/domain/arn";
import { createMemoryTable } from "@berth/store/memory/table";
import {
  aCluster,
  aLedger,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { dynaliteTables } from "../../dynalite-tables.ts";
import { ROOT, WholeApi } from "@berth/testing/whole-api";
import { beforeAll, describe, expect, it } from "vitest";
import { fillCluster, MANY, numbered, RACK, taskIdOfService, upTo } from "./full-cluster.ts";

interface Listing {
  /** The SDK's paginator, at so many a page. */
  pages(client: ecs.ECSClient, pageSize?: number): AsyncIterable<object>;
  /** The answer's member with the list. */
  readonly member: string;
  /** What a request cannot be without. */
  readonly body?: object;
  /** The last parts of what must be listed, in the order of the list. */
  readonly expected: readonly string[];
  /** Writes one that sorts before, and one that sorts after, all others. */
  readonly addAtBothEnds: (api: WholeApi) => Promise<unknown>;
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  ListClusters: {
    pages: (client, pageSize) => ecs.paginateListClusters({ client, ...sized(pageSize) }, {}),
    member: "clusterArns",
    expected: [...upTo(MANY - 1).map((number) => numbered("cluster", number)), "default"],
    addAtBothEnds: ({ controlPlane: { store } }) =>
      bothEnds((name) => store.clusters.create(aCluster({ name }))),
  },
  ListTaskDefinitions: {
    pages: (client, pageSize) =>
      ecs.paginateListTaskDefinitions({ client, ...sized(pageSize) }, { familyPrefix: "web" }),
    member: "taskDefinitionArns",
    expected: upTo(MANY).map((number) => `web:${number}`),
    addAtBothEnds: ({ controlPlane: { store } }) =>
      store.taskDefinitions.create(aTaskDefinition({ revision: MANY + 1 })),
  },
  ListTaskDefinitionFamilies: {
    pages: (client, pageSize) =>
      ecs.paginateListTaskDefinitionFamilies({ client, ...sized(pageSize) }, {}),
    member: "families",
    expected: [...upTo(MANY).map((number) => numbered("family", number)), "web"],
    addAtBothEnds: ({ controlPlane: { store } }) =>
      bothEnds((family) => store.taskDefinitions.create(aTaskDefinition({ family }))),
  },
  ListContainerInstances: {
    pages: (client, pageSize) =>
      ecs.paginateListContainerInstances({ client, ...sized(pageSize) }, {}),
    member: "containerInstanceArns",
    expected: upTo(MANY).map((number) => instanceId(number)),
    addAtBothEnds: ({ controlPlane: { store } }) =>
      Promise.all(
        ["0", "f"]
          .map((digit) => digit.repeat(32))
          .map((id) => store.instances.create(anInstance({ id }), aLedger({ id }))),
      ),
  },
  ListAttributes: {
    pages: (client, pageSize) =>
      ecs.paginateListAttributes(
        { client, ...sized(pageSize) },
        { targetType: "container-instance", attributeName: RACK.name },
      ),
    member: "attributes",
    body: { targetType: "container-instance" },
    expected: upTo(MANY).map((number) => instanceId(number)),
    addAtBothEnds: ({ controlPlane: { store } }) =>
      Promise.all(
        ["0", "e"]
          .map((digit) => `${digit.repeat(31)}0`)
          .map((id) =>
            store.instances.create(anInstance({ id, attributes: [RACK] }), aLedger({ id })),
          ),
      ),
  },
  ListServices: {
    pages: (client, pageSize) => ecs.paginateListServices({ client, ...sized(pageSize) }, {}),
    member: "serviceArns",
    expected: upTo(MANY).map((number) => numbered("service", number)),
    addAtBothEnds: ({ controlPlane: { store } }) =>
      bothEnds((name) => store.services.create(aService({ name }))),
  },
  ListTasks: {
    pages: (client, pageSize) => ecs.paginateListTasks({ client, ...sized(pageSize) }, {}),
    member: "taskArns",
    expected: upTo(MANY).map(taskIdOfService).toSorted(),
    addAtBothEnds: ({ controlPlane: { store } }) =>
      Promise.all(
        upTo(20).map((number) => {
          const group = `family:more-${number}`;
          return store.tasks.create(aTask({ id: taskId(group, 1), group }));
        }),
      ),
  },
};

const sized = (pageSize: number | undefined) => (pageSize === undefined ? {} : { pageSize });

const bothEnds = (add: (name: string) => Promise<unknown>) =>
  Promise.all(["0-first", "zz-last"].map(add));

const nameOf = (item: string | ecs.Attribute): string =>
  typeof item === "string" ? item : (item.targetId ?? "");

/** What the pages hold, and how many there were. */
async function collect(
  { member }: Listing,
  pages: AsyncIterable<object>,
  between = async () => {},
) {
  const listed: string[] = [];
  let count = 0;
  for await (const page of pages) {
    const items = (page as Readonly<Record<string, readonly (string | ecs.Attribute)[]>>)[member];
    listed.push(...(items ?? []).map(nameOf).map(lastSegment));
    count += 1;
    await between();
  }
  return { listed, count };
}

describe.each([
  { table: "one machine's table", shards: 1, make: async () => (await dynaliteTables())() },
  { table: "a table in shards, as on AWS", shards: 64, make: async () => createMemoryTable() },
])("over $table", ({ shards, make }) => {
  let api: WholeApi;
  let client: ecs.ECSClient;
  beforeAll(async () => {
    api = WholeApi.on(await make(), shards);
    client = api.client(ROOT);
    await fillCluster(api.controlPlane.store);
  });

  describe.each(Object.entries(LISTINGS))("the paginator of %s", (operation, listing) => {
    it.each([[undefined], [7]])("lists all 250 once with pageSize %s", async (size) => {
      const { listed, count } = await collect(listing, listing.pages(client, size));
      expect(listed).toEqual(listing.expected);
      expect(count).toBeGreaterThanOrEqual(MANY / (size ?? 100));
    });

    it("refuses tokens that it has not given", async () => {
      for (const token of ["x", "", "W10", Buffer.from('["a","b"]').toString("base64")]) {
        const { statusCode, body = "" } = await api.call(
          operation as "ListTasks",
          JSON.stringify({ ...listing.body, nextToken: token }),
        );
        expect([statusCode, JSON.parse(body)]).toEqual([
          400,
          { __type: "InvalidParameterException", message: "Invalid nextToken." },
        ]);
      }
    });
  });

  // Each adds to what is listed, so they come last.
  it.each(Object.entries(LISTINGS))(
    "%s: what was there all along is listed once, whatever is written between pages",
    async (_, listing) => {
      let writes = 0;
      const { listed } = await collect(listing, listing.pages(client, 60), async () => {
        writes += 1;
        if (writes === 2) await listing.addAtBothEnds(api);
      });
      const expected = new Set(listing.expected);
      expect(listed.filter((each) => expected.has(each))).toEqual(listing.expected);
      expect(new Set(listed).size).toBe(listed.length);
    },
  );
});
