import { toldEvent } from "@berth/control-plane/events/told-event";
import { createMemoryTable } from "@berth/store/memory/table";
import { toldEventsItem } from "@berth/store/repositories/event-history";
import type { Table } from "@berth/store/table";
import { aControlPlane } from "@berth/testing/control-plane";
import type { TestControlPlane } from "@berth/testing/control-plane";
import { allow, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";
import { eventRoutes } from "./event-routes.ts";

const SECOND = 1_000;
const ARN = "arn:aws:ecs:eu-central-1:123456789012";

let table: Table;
let api: WholeApi;
beforeEach(() => {
  table = createMemoryTable();
  api = WholeApi.on(table);
});

/** Tells of tasks by their numbers, as the function does that tells. */
async function tell(
  { now, scope }: Pick<TestControlPlane, "now" | "scope">,
  numbers: readonly number[],
  { cluster = "default" } = {},
): Promise<void> {
  const events = numbers.map((number) =>
    toldEvent(scope, {
      detailType: number % 2 === 0 ? "ECS Service Action" : "ECS Task State Change",
      resource: `${ARN}:task/${cluster}/${number}`,
      time: now(),
      detail: { clusterArn: `${ARN}:cluster/${cluster}`, number },
    }),
  );
  await table.create(toldEventsItem({ at: now(), digest: numbers.join("a"), events }));
}

interface Found {
  readonly events: readonly { readonly detail: { readonly number: number } }[];
  readonly next: string;
}

const numbersOf = ({ events }: Found) => events.map(({ detail }) => detail.number);

async function list(query: Record<string, string> = {}): Promise<Found> {
  const { members } = await api.send({ method: "GET", path: "/v1/events", query });
  return members as unknown as Found;
}

describe("GET /v1/events", () => {
  it("answers what was told, in order, by pages that lose and repeat nothing", async () => {
    for (const numbers of [[1, 2, 3], [4], [5, 6, 7, 8]]) {
      await tell(api.controlPlane, numbers);
      api.controlPlane.advance(SECOND);
    }
    api.controlPlane.advance(SECOND);
    const seen: number[] = [];
    let query: Record<string, string> = { limit: "2" };
    for (let page = 0; page < 4; page += 1) {
      const found = await list(query);
      seen.push(...numbersOf(found));
      query = { limit: "2", cursor: found.next };
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await list(query)).toEqual({ events: [], next: expect.any(String) as string });
    await tell(api.controlPlane, [9]);
    api.controlPlane.advance(2 * SECOND);
    expect(numbersOf(await list(query))).toEqual([9]);
  });

  it("waits until what could still come before is there", async () => {
    const late = { ...api.controlPlane, now: () => api.controlPlane.now() - SECOND };
    await tell(api.controlPlane, [2]);
    const early = await list();
    expect(numbersOf(early)).toEqual([]);
    await tell(late, [1]);
    api.controlPlane.advance(2 * SECOND);
    expect(numbersOf(await list({ cursor: early.next }))).toEqual([1, 2]);
  });

  it("shows events as EventBridge does, and one that is told twice with one id", async () => {
    await tell(api.controlPlane, [1]);
    api.controlPlane.advance(3 * SECOND);
    const { events } = await list();
    expect(events).toEqual([
      {
        version: "0",
        id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
        "detail-type": "ECS Task State Change",
        source: "berth.ecs",
        account: "123456789012",
        time: expect.stringMatching(/Z$/) as string,
        region: "eu-central-1",
        resources: [`${ARN}:task/default/1`],
        detail: { clusterArn: `${ARN}:cluster/default`, number: 1 },
      },
    ]);
    const event = { detailType: "ECS Service Action", resource: "r", time: 1, detail: {} } as const;
    const { scope } = api.controlPlane;
    expect(toldEvent(scope, event).id).toBe(toldEvent(scope, event).id);
    expect(toldEvent(scope, event).id).not.toBe(toldEvent(scope, { ...event, time: 2 }).id);
  });

  it("is asked for kinds and clusters", async () => {
    await tell(api.controlPlane, [1, 2]);
    await tell(api.controlPlane, [3, 4], { cluster: "blue" });
    api.controlPlane.advance(3 * SECOND);
    expect(numbersOf(await list({ cluster: "blue" }))).toEqual([3, 4]);
    const detailType = "ECS Service Action";
    expect(numbersOf(await list({ cluster: "blue", detailType }))).toEqual([4]);
  });

  it.each([[{ cursor: "old" }], [{ limit: "0" }], [{ waitSeconds: "21" }], [{ detailType: "x" }]])(
    "refuses %j",
    async (query) => {
      const { statusCode } = await api.send({ method: "GET", path: "/v1/events", query });
      expect(statusCode).toBe(400);
    },
  );

  it("forgets after a day", async () => {
    await tell(api.controlPlane, [1]);
    api.controlPlane.advance(24 * 3_600 * SECOND);
    await tell(api.controlPlane, [2]);
    api.controlPlane.advance(3 * SECOND);
    expect(numbersOf(await list())).toEqual([2]);
  });

  it("is for those whose policy allows it, where it does", async () => {
    const mine = { Resource: `${ARN}:cluster/default` };
    const key = await api.issue({ kind: "policy", policy: allow("berth:ListEvents", mine) });
    const ask = async (query: Record<string, string>) =>
      (await api.send({ method: "GET", path: "/v1/events", query, key })).statusCode;
    expect(await ask({ cluster: "default" })).toBe(200);
    expect(await ask({ cluster: "blue" })).toBe(403);
    expect(await ask({})).toBe(403);
  });
});

describe("a stream of server-sent events", () => {
  const follow = (headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
    api.send({
      method: "GET",
      path: "/v1/events",
      query: { waitSeconds: "0", ...query },
      headers: { accept: "text/event-stream", ...headers },
    });
  const textOf = ({ body = "" }: Awaited<ReturnType<typeof follow>>) => body;
  const idsIn = (text: string) => Array.from(text.matchAll(/^id: (.+)$/gm), ([, id = ""]) => id);
  const numbersIn = (text: string) =>
    Array.from(text.matchAll(/^data: (.+)$/gm), ([, data = ""]) => {
      const { detail } = JSON.parse(data) as Found["events"][number];
      return detail.number;
    });

  it("begins now, and says where it is also where nothing happens", async () => {
    await tell(api.controlPlane, [1]);
    api.controlPlane.advance(5 * SECOND);
    const answer = await follow();
    expect(answer.headers).toMatchObject({ "content-type": "text/event-stream" });
    expect(numbersIn(textOf(answer))).toEqual([]);
    expect(idsIn(textOf(answer))).toHaveLength(1);
    expect(textOf(answer)).toMatch(/^retry: 1000\n/);
  });

  it("goes on behind any event by its id", async () => {
    const [start = ""] = idsIn(textOf(await follow()));
    await tell(api.controlPlane, [1, 2, 3]);
    api.controlPlane.advance(3 * SECOND);
    const text = textOf(await follow({ "last-event-id": start }));
    expect(numbersIn(text)).toEqual([1, 2, 3]);
    expect(text).toContain("\nevent: ECS Task State Change\n");
    const [, second = ""] = idsIn(text);
    expect(numbersIn(textOf(await follow({ "last-event-id": second })))).toEqual([3]);
    expect(numbersIn(textOf(await follow({ "last-event-id": idsIn(text).at(-1) ?? "" })))).toEqual(
      [],
    );
  });

  it("waits for the first event, and no longer", async () => {
    const controlPlane = aControlPlane({ table });
    const pauses: number[] = [];
    const route = eventRoutes(async (ms) => {
      pauses.push(ms);
      controlPlane.advance(ms);
      if (pauses.length === 3) await tell(controlPlane, [7]);
    })["GET /v1/events"];
    if (route?.kind !== "raw") throw new Error("no route");
    const answer = await route.call(controlPlane, {
      method: "GET",
      rawPath: "/v1/events",
      path: {},
      query: new URLSearchParams(),
      headers: { accept: "text/event-stream" },
      body: "",
    });
    expect(numbersIn(answer.body ?? "")).toEqual([7]);
    // Two seconds until it is settled.
    expect(pauses).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });
});
