import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { MetricName } from "@berth/contracts/metrics";
import type { LogDetails } from "@berth/functions/log";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ApiDestination, type Connection, RuleBook } from "../rule-book.ts";
import type { RuleTarget } from "../rule-target.ts";
import { Deliverer } from "./deliverer.ts";
import { MAX_WAITING, Outbox } from "./outbox.ts";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let directory: string;
let receiver: Server;
let received: Received[];
/** What the receiver answers, by the id of the event. */
let statusOf: (id: string) => number;
let answer: object;
let logged: (readonly [string, LogDetails])[];
let warned: (readonly [string, LogDetails])[];
let counted: MetricName[];
let now: number;
let deliverer: Deliverer | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-deliverer-"));
  [received, logged, warned, counted, now] = [[], [], [], [], 1_000_000];
  statusOf = () => 200;
  answer = {};
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body });
      response.writeHead(statusOf((JSON.parse(body) as ToldEvent).id)).end(JSON.stringify(answer));
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  makeRule();
});
afterEach(async () => {
  await deliverer?.stop();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

const CONNECTION: Connection = {
  name: "c",
  arn: "arn:aws:events:::connection/c/1",
  authorizationType: "API_KEY",
  authParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "s3cret" } },
  createdAt: 0,
  changedAt: 0,
};

const book = () => new RuleBook(join(directory, "rules.json"));

function makeRule(
  parts: {
    readonly target?: Partial<RuleTarget>;
    readonly destination?: Partial<ApiDestination>;
    readonly connection?: Partial<Connection>;
  } = {},
): void {
  const rules = book();
  const { port } = receiver.address() as AddressInfo;
  const destination: ApiDestination = {
    name: "d",
    arn: "arn:aws:events:::api-destination/d/1",
    connectionArn: CONNECTION.arn,
    invocationEndpoint: `http://127.0.0.1:${port}/hook`,
    httpMethod: "POST",
    invocationRateLimitPerSecond: 1_000,
    createdAt: 0,
    changedAt: 0,
    ...parts.destination,
  };
  rules.put("connections", { ...CONNECTION, ...parts.connection });
  rules.put("apiDestinations", destination);
  rules.put("rules", {
    name: "r",
    eventPattern: `{"detail-type":["ECS Task State Change"]}`,
    state: "ENABLED",
    tags: [],
    targets: [{ Id: "t", Arn: destination.arn, ...parts.target }],
  });
}

const openOutbox = () => new Outbox(join(directory, "box"), () => undefined);

/** Of an ECS that is the receiver. */
const ecsClient = () =>
  new ECSClient({
    endpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
    maxAttempts: 1,
  });

/** A clock that goes on with each look by more than the longest pause, so that no test waits for one. */
const soon = () => (now += 601_000);

/** As Berth starts it. */
function start(rules = book(), clock = soon): Deliverer {
  const ignore = () => undefined;
  deliverer = new Deliverer({
    name: "berth",
    region: "us-east-1",
    account: "000000000000",
    book: rules,
    outbox: openOutbox(),
    ecs: ecsClient(),
    now: clock,
    random: () => 0,
    metrics: { record: (name) => counted.push(name), flush: ignore },
    log: {
      info: ignore,
      warn: (message, details) => warned.push([message, details]),
      error: (message, details) => logged.push([message, details]),
    },
  });
  return deliverer;
}

const anEvent = (id: string, overrides: Partial<ToldEvent> = {}): ToldEvent => ({
  version: "0",
  id,
  "detail-type": "ECS Task State Change",
  source: "berth.ecs",
  account: "000000000000",
  time: "2026-01-02T03:04:05Z",
  region: "us-east-1",
  resources: [],
  detail: { group: "service:a b", lastStatus: "STOPPED" },
  ...overrides,
});

const ids = () => received.map(({ body }) => (JSON.parse(body) as ToldEvent).id);
const areReceived = async (...expected: string[]) =>
  vi.waitFor(() => expect(ids()).toEqual(expected), 5_000);

describe("an event that a rule matches", () => {
  test("is sent as it is, with the connection's key, and the next ones after it", async () => {
    await start().take([anEvent("1"), anEvent("2"), anEvent("x", { "detail-type": "Other" })]);
    await areReceived("1", "2");
    expect(received[0]).toMatchObject({
      method: "POST",
      url: "/hook",
      headers: { "x-key": "s3cret", "content-type": "application/json; charset=utf-8" },
    });
    expect(JSON.parse(received[0]?.body ?? "")).toEqual(anEvent("1"));
    await vi.waitFor(() => expect(openOutbox().addressees).toEqual([]));
    expect(counted).toEqual(["EventsDelivered", "EventsDelivered"]);
  });

  test("is sent in the form that target and connection ask for", async () => {
    makeRule({
      target: {
        InputTransformer: {
          InputPathsMap: { status: "$.detail.lastStatus" },
          InputTemplate: `{"id": "7", "status": <status>}`,
        },
        HttpParameters: {
          PathParameterValues: ["$.detail.group", "$.detail.absent"],
          HeaderParameters: { "X-Status": "$.detail.lastStatus", "X-KEY": "not this one" },
          QueryStringParameters: { id: "$.id", fixed: "a&b" },
        },
      },
      destination: {
        invocationEndpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/a/*/b/*?q=1`,
        httpMethod: "PUT",
      },
      connection: {
        authorizationType: "BASIC",
        authParameters: {
          BasicAuthParameters: { Username: "me", Password: "s3cret" },
          InvocationHttpParameters: {
            HeaderParameters: [{ Key: "X-Key", Value: "from the connection" }],
            QueryStringParameters: [{ Key: "token", Value: "s3cret" }],
            BodyParameters: [{ Key: "team", Value: "a" }],
          },
        },
      },
    });
    await start().take([anEvent("1")]);
    await areReceived("7");
    expect(received[0]).toMatchObject({
      method: "PUT",
      url: "/a/service%3Aa%20b/b/?q=1&id=1&fixed=a%26b&token=s3cret",
      headers: {
        authorization: `Basic ${Buffer.from("me:s3cret").toString("base64")}`,
        "x-status": "STOPPED",
        "x-key": "from the connection",
      },
      body: `{"id":"7","status":"STOPPED","team":"a"}`,
    });
  });

  test("is not sent where the rule is disabled", async () => {
    const rules = book();
    const rule = rules.rules.get("r");
    if (rule) rules.put("rules", { ...rule, state: "DISABLED" });
    await start(rules).take([anEvent("1")]);
    expect(openOutbox().addressees).toEqual([]);
  });
});

describe("a cluster that a rule tells", () => {
  const Arn = "arn:aws:ecs:us-east-1:000000000000:cluster/default";
  const EcsParameters = { TaskDefinitionArn: "migrate:3", TaskCount: 2 };
  const requests = () => received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const STARTED = { tasks: [{ taskArn: "arn:task" }], failures: [] };

  test("is asked for tasks, and for the same ones where the answer is lost", async () => {
    makeRule({
      target: {
        Arn,
        EcsParameters: {
          ...EcsParameters,
          LaunchType: "EC2",
          Group: "migrations",
          PlacementStrategy: [{ type: "random" }],
          NetworkConfiguration: { awsvpcConfiguration: { Subnets: ["subnet-1"] } },
          Tags: [{ Key: "team", Value: "a" }],
        },
        InputTransformer: {
          InputPathsMap: { status: "$.detail.lastStatus" },
          InputTemplate: `{"containerOverrides":[{"name":"main","command":["see",<status>]}]}`,
        },
      },
    });
    let isLost = true;
    statusOf = () => (isLost ? 500 : 200);
    answer = STARTED;
    await start().take([anEvent("1")]);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(0));
    isLost = false;
    await vi.waitFor(() => expect(counted.at(-1)).toBe("EventsDelivered"), 5_000);
    await deliverer?.take([anEvent("2")]);
    await vi.waitFor(() => expect(openOutbox().addressees).toEqual([]), 5_000);
    const [first, ...others] = requests();
    expect(received[0]?.headers["x-amz-target"]).toBe("AmazonEC2ContainerServiceV20141113.RunTask");
    expect(first).toEqual({
      cluster: Arn,
      taskDefinition: "migrate:3",
      count: 2,
      launchType: "EC2",
      group: "migrations",
      placementStrategy: [{ type: "random" }],
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
      tags: [{ key: "team", value: "a" }],
      startedBy: "events-rule/r",
      overrides: { containerOverrides: [{ name: "main", command: ["see", "STOPPED"] }] },
      clientToken: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const ofTheSecond = others.pop();
    for (const other of others) expect(other).toEqual(first);
    expect(ofTheSecond?.["clientToken"]).not.toBe(first?.["clientToken"]);
  });

  test("is asked again where no task found a place", async () => {
    makeRule({ target: { Arn, EcsParameters, RetryPolicy: { MaximumRetryAttempts: 1 } } });
    answer = { tasks: [], failures: [{ reason: "RESOURCE:MEMORY" }] };
    await start().take([anEvent("1")]);
    const why = "RunTask started nothing: RESOURCE:MEMORY";
    await vi.waitFor(() => expect(logged).toMatchObject([[expect.anything(), { why }]]), 5_000);
    expect(requests()[0]).not.toHaveProperty("overrides");
    expect(received).toHaveLength(2);
  });

  test.each<[string, Partial<RuleTarget>, string, number]>([
    ["it refuses them", {}, "RunTask: ClientException: no", 1],
    ["the input is no override", { InputPath: "$.id" }, "The input is no task override", 0],
  ])("is not asked again where %s", async (_, target, why, calls) => {
    makeRule({ target: { Arn, EcsParameters, ...target } });
    statusOf = () => 400;
    answer = { __type: "ClientException", message: "no" };
    await start().take([anEvent("1")]);
    await vi.waitFor(() => expect(logged).toMatchObject([[expect.anything(), { why }]]), 5_000);
    expect(received).toHaveLength(calls);
  });
});

describe("an event that could not be delivered", () => {
  test("is tried again, and does not keep others back", async () => {
    let failures = 2;
    statusOf = (id) => (id === "1" && (failures -= 1) >= 0 ? 500 : 200);
    await start().take([anEvent("1"), anEvent("2")]);
    await vi.waitFor(() => expect(ids().toSorted()).toEqual(["1", "1", "1", "2"]), 5_000);
    expect(ids().indexOf("2")).toBeLessThan(ids().lastIndexOf("1"));
    await vi.waitFor(() => expect(openOutbox().addressees).toEqual([]));
    expect(counted.toSorted()).toEqual([
      "EventDeliveryRetries",
      "EventDeliveryRetries",
      "EventsDelivered",
      "EventsDelivered",
    ]);
    expect(logged).toEqual([]);
    expect(warned).toMatchObject([
      [
        "A target of a rule cannot be told now; it is tried again",
        { rule: "r", target: "t", eventId: "1", why: "The answer was 500" },
      ],
    ]);
  });

  test("is given up after so many tries, and that is told without secrets", async () => {
    makeRule({ target: { RetryPolicy: { MaximumRetryAttempts: 2 } } });
    statusOf = () => 503;
    await start().take([anEvent("1")]);
    await vi.waitFor(() => expect(logged).toHaveLength(1), 5_000);
    expect(ids()).toEqual(["1", "1", "1"]);
    expect(logged).toEqual([
      [
        "An event was given up: a target of a rule was not told",
        {
          rule: "r",
          target: "t",
          eventId: "1",
          detailType: "ECS Task State Change",
          attempts: 3,
          why: "The answer was 503",
        },
      ],
    ]);
    expect(counted).toEqual(["EventDeliveryRetries", "EventDeliveryRetries", "EventsGivenUp"]);
    await vi.waitFor(() => expect(openOutbox().addressees).toEqual([]));
  });

  test.each<[string, () => void, string]>([
    [
      "no URL can have what it has",
      () =>
        makeRule({
          target: { HttpParameters: { PathParameterValues: ["\ud800"] } },
          destination: { invocationEndpoint: "http://127.0.0.1:9/*" },
        }),
      "No request can be made of the event",
    ],
    ["the receiver refuses it", () => (statusOf = () => 400), "The answer was 400"],
    [
      "the API destination is gone",
      () => makeRule({ target: { Arn: "arn:aws:events:::api-destination/d/2" } }),
      "The API destination is gone",
    ],
    [
      "the connection is gone",
      () => makeRule({ connection: { arn: "arn:aws:events:::connection/c/2" } }),
      "The connection is gone",
    ],
  ])("is given up at once where %s", async (_, spoil, why) => {
    spoil();
    await start().take([anEvent("1")]);
    await vi.waitFor(() =>
      expect(logged).toMatchObject([[expect.anything(), { attempts: 1, why }]]),
    );
    expect(counted).toEqual(["EventsGivenUp"]);
  });

  test("is not kept where too many are waiting already", async () => {
    statusOf = () => 503;
    const many = Array.from({ length: MAX_WAITING + 1 }, (_, index) => anEvent(String(index)));
    await start().take(many);
    expect(logged).toMatchObject([
      [
        expect.anything(),
        { eventId: String(MAX_WAITING), attempts: 0, why: "Too many are waiting" },
      ],
    ]);
  });

  test("is delivered by the next Berth where this one ends before", async () => {
    statusOf = () => 503;
    const first = start(book(), Date.now);
    await first.take([anEvent("1"), anEvent("2")]);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(1));
    await first.stop();
    received = [];
    statusOf = () => 200;
    start(book(), Date.now);
    await vi.waitFor(() => expect(ids().toSorted()).toEqual(["1", "2"]), 5_000);
  });
});

test("an API destination is not called more often than it bears", async () => {
  makeRule({ destination: { invocationRateLimitPerSecond: 20 } });
  start(book(), Date.now);
  const startedAt = Date.now();
  await deliverer?.take(["1", "2", "3", "4"].map((id) => anEvent(id)));
  await areReceived("1", "2", "3", "4");
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(145);
});
