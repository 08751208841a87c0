import type { ToldEvent } from "@berth/contracts/ecs-event";
import { describe, expect, test } from "vitest";
import type { RuleTarget } from "../rule-target.ts";
import { isReadablePath, valueAt } from "./event-path.ts";
import { targetInput } from "./target-input.ts";

const EVENT: ToldEvent = {
  version: "0",
  id: "event-1",
  "detail-type": "ECS Task State Change",
  source: "berth.ecs",
  account: "000000000000",
  time: "2026-01-02T03:04:05Z",
  region: "us-east-1",
  resources: ["arn:task"],
  detail: {
    lastStatus: "STOPPED",
    reason: `said "no"`,
    exitCode: 0,
    nothing: null,
    containers: [
      { name: "web", ports: [{ p: 80 }] },
      { name: "db", ports: [] },
    ],
  },
};

const inputOf = (target: Partial<RuleTarget>) =>
  targetInput(
    { Id: "t", Arn: "arn", ...target },
    { event: EVENT, rule: { name: "r", arn: "arn:rule" }, takenAt: Date.UTC(2026, 0, 2) },
  );

describe("a target is sent", () => {
  test("the whole event where it wants nothing else", () => {
    expect(JSON.parse(inputOf({}))).toEqual(EVENT);
  });

  test("its own input", () => {
    expect(inputOf({ Input: `{"a": 1}` })).toBe(`{"a": 1}`);
  });

  test.each([
    ["$", JSON.stringify(EVENT)],
    ["$.detail.lastStatus", `"STOPPED"`],
    ["$.detail-type", `"ECS Task State Change"`],
    ["$.resources[0]", `"arn:task"`],
    ["$.resources[1]", "null"],
    ["$.detail.containers[1].name", `"db"`],
    ["$.detail.containers[*].name", `["web","db"]`],
    ["$.detail.containers[*].ports[*].p", "[[80],[]]"],
    ["$.detail.exitCode[*]", "null"],
    ["$.detail.valueOf", "null"],
    ["$.detail.nothing.x", "null"],
  ])("what is at %s", (InputPath, expected) => {
    expect(inputOf({ InputPath })).toBe(expected);
  });
});

const PATHS = {
  status: "$.detail.lastStatus",
  reason: "$.detail.reason",
  code: "$.detail.exitCode",
  names: "$.detail.containers[*].name",
  absent: "$.detail.absent",
  nothing: "$.detail.nothing",
};

test.each([
  [`{"status": <status>, "code": <code>}`, `{"status": "STOPPED", "code": 0}`],
  [`{"text": "is <status> with <code>"}`, `{"text": "is STOPPED with 0"}`],
  [
    `{"why": "<reason>", "quoted": <reason>}`,
    String.raw`{"why": "said \"no\"", "quoted": "said \"no\""}`,
  ],
  [`"task <status>: <reason>"`, String.raw`"task STOPPED: said \"no\""`],
  [
    `{"names": <names>, "text": "<names>"}`,
    String.raw`{"names": ["web","db"], "text": "[\"web\",\"db\"]"}`,
  ],
  [`{"absent": <absent>, "text": "(<absent>)"}`, `{"absent": null, "text": "()"}`],
  [`{"nothing": <nothing>, "text": "(<nothing>)"}`, `{"nothing": null, "text": "()"}`],
  [String.raw`{"escaped \"<status>\"": <status>}`, String.raw`{"escaped \"STOPPED\"": "STOPPED"}`],
  [`<aws.events.rule-name> <aws.events.rule-arn>`, `"r" "arn:rule"`],
  [`"<aws.events.event.ingestion-time>"`, `"2026-01-02T00:00:00.000Z"`],
  [`<aws.events.event.json>`, JSON.stringify(EVENT)],
  ["no variable", "no variable"],
])("the template %s becomes %s", (InputTemplate, expected) => {
  expect(inputOf({ InputTransformer: { InputPathsMap: PATHS, InputTemplate } })).toBe(expected);
});

test("<aws.events.event> is the event without its detail", () => {
  const { detail: _, ...envelope } = EVENT;
  const InputTransformer = { InputTemplate: "<aws.events.event>" };
  expect(JSON.parse(inputOf({ InputTransformer }))).toEqual(envelope);
});

test.each(["", "detail", "$.", "$..a", "$.a[", "$.a[x]", "$['a']", "$.a b", "$.a[?(@.b)]"])(
  "%s is no path",
  (path) => {
    expect(isReadablePath(path)).toBe(false);
  },
);

test("a path reaches nothing that an object inherits", () => {
  expect(valueAt({ a: {} }, "$.a.constructor.name")).toBeUndefined();
});
