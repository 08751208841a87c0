import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCloudWatchAlarms } from "./cloudwatch-alarms.ts";
import { createCloudWatchClient } from "./clients.ts";

const SINCE = 1_763_700_000;
const METRIC = {
  AlarmName: "errors",
  StateValue: "ALARM",
  StateReason: "Threshold Crossed",
  StateTransitionedTimestamp: SINCE,
  StateUpdatedTimestamp: SINCE + 60,
  Period: 60,
  EvaluationPeriods: 3,
};
const COMPOSITE = {
  AlarmName: "all-of-it",
  StateValue: "OK",
  StateTransitionedTimestamp: SINCE,
};

/** CloudWatch's JSON API: what it was asked, and what it answers. */
let server: Server;
let asked: unknown[];
let answer: object;
let refusal: { readonly status: number; readonly code: string } | undefined;
let now: number;
let failures: unknown[];

beforeEach(async () => {
  [asked, answer, refusal, now, failures] = [[], {}, undefined, 0, []];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push([request.headers["x-amz-target"], body]);
      response.writeHead(refusal?.status ?? 200, { "content-type": "application/x-amz-json-1.0" });
      response.end(
        JSON.stringify(refusal ? { __type: refusal.code, message: "Rate exceeded" } : answer),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const cloudWatch = () =>
  createCloudWatchAlarms({
    client: createCloudWatchClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    }),
    now: () => now,
    onFailure: (error) => failures.push(error),
  });

describe("looking at alarms", () => {
  it("asks for metric and composite ones by their names", async () => {
    answer = { MetricAlarms: [METRIC], CompositeAlarms: [COMPOSITE] };
    const names = ["errors", "all-of-it", "absent"];
    expect(await cloudWatch().describe(names)).toEqual({
      alarms: [
        {
          name: "errors",
          state: "ALARM",
          since: SINCE * 1_000,
          reason: "Threshold Crossed",
          evaluationMs: 180_000,
        },
        { name: "all-of-it", state: "OK", since: SINCE * 1_000 },
      ],
    });
    expect(asked).toEqual([
      [
        "GraniteServiceVersion20100801.DescribeAlarms",
        { AlarmNames: names, AlarmTypes: ["MetricAlarm", "CompositeAlarm"], MaxRecords: 100 },
      ],
    ]);
  });

  it.each([
    { name: "of a metric", alarm: { Period: 10, EvaluationPeriods: 5 }, ms: 50_000 },
    {
      name: "of an expression",
      alarm: {
        EvaluationPeriods: 2,
        Metrics: [
          { Id: "e", Expression: "a/b" },
          { Id: "a", MetricStat: { Metric: {}, Period: 60, Stat: "Sum" } },
          { Id: "b", MetricStat: { Metric: {}, Period: 300, Stat: "Sum" } },
        ],
      },
      ms: 600_000,
    },
    { name: "of what tells no period", alarm: { EvaluationPeriods: 2 }, ms: undefined },
  ])("tells how long one takes to go off: $name", async ({ alarm, ms }) => {
    answer = { MetricAlarms: [{ AlarmName: "errors", StateValue: "OK", ...alarm }] };
    const { alarms } = await cloudWatch().describe(["errors"]);
    expect(alarms[0]?.evaluationMs).toBe(ms);
  });

  it("takes the latest update for the change where nothing better is told", async () => {
    const { StateTransitionedTimestamp: _, ...alarm } = METRIC;
    answer = { MetricAlarms: [alarm] };
    const { alarms } = await cloudWatch().describe(["errors"]);
    expect(alarms[0]?.since).toBe((SINCE + 60) * 1_000);
  });
});

it("asks for no more at once than one answer holds", async () => {
  const names = Array.from({ length: 150 }, (_, index) => `alarm-${index}`);
  await cloudWatch().describe(names);
  expect(asked).toMatchObject([
    [expect.anything(), { AlarmNames: names.slice(0, 100) }],
    [expect.anything(), { AlarmNames: names.slice(100) }],
  ]);
});

describe("an answer", () => {
  it("is good for some seconds, also that there is none of a name", async () => {
    answer = { MetricAlarms: [METRIC] };
    const alarms = cloudWatch();
    const first = await alarms.describe(["errors", "absent"]);
    now += 4_999;
    expect(await alarms.describe(["errors", "absent"])).toEqual(first);
    expect(asked).toHaveLength(1);
    now += 1;
    answer = { MetricAlarms: [{ ...METRIC, StateValue: "OK" }] };
    expect((await alarms.describe(["errors"])).alarms).toMatchObject([{ state: "OK" }]);
    expect(asked).toHaveLength(2);
  });

  it("is asked for anew where other names come up", async () => {
    answer = { MetricAlarms: [METRIC] };
    const alarms = cloudWatch();
    await alarms.describe(["errors"]);
    await alarms.describe(["errors", "latency"]);
    expect(asked).toMatchObject([
      [expect.anything(), { AlarmNames: ["errors"] }],
      [expect.anything(), { AlarmNames: ["latency"] }],
    ]);
  });
});

describe("where CloudWatch fails", () => {
  it.each([
    { status: 400, code: "ThrottlingException" },
    { status: 500, code: "InternalServiceFault" },
    { status: 400, code: "AccessDenied" },
  ])("says so, tells of it and goes on: $code", async (each) => {
    refusal = each;
    expect(await cloudWatch().describe(["errors"])).toEqual({
      alarms: [],
      failure: `${each.code}: Rate exceeded`,
    });
    expect(failures).toHaveLength(1);
  });

  it("is not asked again at once", async () => {
    refusal = { status: 500, code: "InternalServiceFault" };
    const alarms = cloudWatch();
    await alarms.describe(["errors"]);
    await alarms.describe(["errors"]);
    expect([asked.length, failures.length]).toEqual([1, 1]);
    now += 5_000;
    refusal = undefined;
    answer = { MetricAlarms: [METRIC] };
    expect(await alarms.describe(["errors"])).toMatchObject({ alarms: [{ name: "errors" }] });
  });

  it("what is known from before still holds", async () => {
    answer = { MetricAlarms: [METRIC] };
    const alarms = cloudWatch();
    await alarms.describe(["errors"]);
    refusal = { status: 500, code: "InternalServiceFault" };
    const look = await alarms.describe(["errors", "latency"]);
    expect(look).toMatchObject({
      alarms: [{ name: "errors" }],
      failure: "InternalServiceFault: Rate exceeded",
    });
    expect(await alarms.describe(["errors"])).not.toHaveProperty("failure");
  });

  it("goes on where nothing answers at all", async () => {
    const alarms = cloudWatch();
    await new Promise((resolve) => server.close(resolve));
    const { failure } = await alarms.describe(["errors"]);
    expect(failure).toMatch(/ECONNREFUSED/);
  });
});
