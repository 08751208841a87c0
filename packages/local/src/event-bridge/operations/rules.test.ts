import {
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { makeApiDestination } from "@berth/testing/make-api-destination";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RuleServer, serveRules } from "../../testing/rule-server.ts";
import { MAX_RULES } from "./rules.ts";

let server: RuleServer;
beforeEach(async () => {
  server = await serveRules();
});
afterEach(() => server.close());

const PATTERN = `{"source":["berth.ecs"]}`;
const ACCOUNT = "arn:aws:events:us-east-1:000000000000";

const putRule = async (overrides: Partial<PutRuleCommandInput> = {}) =>
  server.eventBridge.send(new PutRuleCommand({ Name: "r", EventPattern: PATTERN, ...overrides }));
const describeRule = async (Name = "r", EventBusName?: string) =>
  server.eventBridge.send(new DescribeRuleCommand({ Name, EventBusName }));

describe("a rule", () => {
  test("is described as it was put, also when Berth is started again", async () => {
    const { RuleArn } = await putRule({
      Description: "mine",
      RoleArn: "arn:role",
      State: "DISABLED",
    });
    expect(RuleArn).toBe(`${ACCOUNT}:rule/r`);
    expect(await describeRule()).toMatchObject({
      Name: "r",
      Arn: RuleArn,
      EventPattern: PATTERN,
      State: "DISABLED",
      Description: "mine",
      RoleArn: "arn:role",
      EventBusName: "default",
      CreatedBy: "000000000000",
    });
    expect(server.readAgain().rules).toEqual(
      new Map([
        [
          "r",
          {
            name: "r",
            eventPattern: PATTERN,
            state: "DISABLED",
            description: "mine",
            roleArn: "arn:role",
            tags: [],
            targets: [],
          },
        ],
      ]),
    );
  });

  test("is the same on the bus of Berth's own and on default, under that bus's name", async () => {
    const { RuleArn } = await putRule({ EventBusName: "berth" });
    expect(RuleArn).toBe(`${ACCOUNT}:rule/berth/r`);
    expect(await describeRule("r", "berth")).toMatchObject({ Arn: RuleArn, EventBusName: "berth" });
    expect(await describeRule("r", `${ACCOUNT}:event-bus/berth`)).toMatchObject({ Arn: RuleArn });
    expect(await describeRule()).toMatchObject({ Arn: `${ACCOUNT}:rule/r` });
  });

  test("put again keeps targets and tags, and takes its other members anew", async () => {
    await putRule({ Description: "old", Tags: [{ Key: "team", Value: "a" }] });
    const Arn = await makeApiDestination(server.eventBridge);
    await server.eventBridge.send(
      new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "t", Arn }] }),
    );
    await putRule({ EventPattern: `{"source":["my.app"]}`, Tags: [{ Key: "team", Value: "b" }] });
    const rule = server.readAgain().rules.get("r");
    expect(rule).toMatchObject({
      eventPattern: `{"source":["my.app"]}`,
      tags: [{ Key: "team", Value: "a" }],
      targets: [{ Id: "t", Arn }],
    });
    expect(rule).not.toHaveProperty("description");
  });

  test("is disabled and enabled", async () => {
    await putRule();
    await server.eventBridge.send(new DisableRuleCommand({ Name: "r" }));
    expect(await describeRule()).toMatchObject({ State: "DISABLED" });
    await server.eventBridge.send(new EnableRuleCommand({ Name: "r" }));
    expect(await describeRule()).toMatchObject({ State: "ENABLED" });
  });

  test("is deleted once it has no targets, and again without complaint", async () => {
    await putRule();
    const Arn = await makeApiDestination(server.eventBridge);
    await server.eventBridge.send(
      new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "t", Arn }] }),
    );
    const deletion = async () => server.eventBridge.send(new DeleteRuleCommand({ Name: "r" }));
    await expect(deletion()).rejects.toMatchObject({
      name: "ValidationException",
      message: "Rule can't be deleted since it has targets.",
    });
    await server.eventBridge.send(new RemoveTargetsCommand({ Rule: "r", Ids: ["t"] }));
    await deletion();
    await deletion();
    expect(server.readAgain().rules.size).toBe(0);
    await expect(describeRule()).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Rule r does not exist on EventBus default.",
    });
  });

  test("has tags", async () => {
    const { RuleArn: ResourceARN } = await putRule({ EventBusName: "berth" });
    await server.eventBridge.send(
      new TagResourceCommand({
        ResourceARN,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await server.eventBridge.send(
      new TagResourceCommand({ ResourceARN, Tags: [{ Key: "a", Value: "3" }] }),
    );
    await server.eventBridge.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["b"] }));
    const { Tags } = await server.eventBridge.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: "a", Value: "3" }]);
  });

  test("can have fifty tags", async () => {
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `${index}`, Value: "" }));
    await expect(putRule({ Tags })).rejects.toMatchObject({ name: "ValidationException" });
    await putRule({ Tags: Tags.slice(1) });
  });
});

describe("PutRule is refused, and writes nothing,", () => {
  test.each<[string, Partial<PutRuleCommandInput>, string, string]>([
    [
      "with neither pattern nor schedule",
      { EventPattern: undefined },
      "ValidationException",
      "Parameter(s) EventPattern or ScheduleExpression must be specified.",
    ],
    [
      "with a schedule",
      { ScheduleExpression: "rate(1 minute)" },
      "ValidationException",
      "Parameter ScheduleExpression is not valid. Reason: The EventBridge of one machine has no schedules; a rule needs an EventPattern.",
    ],
    [
      "with a pattern that is none",
      { EventPattern: `{"source":"berth.ecs"}` },
      "InvalidEventPatternException",
      `Event pattern is not valid. Reason: "source" must be an object or an array (at source)`,
    ],
    [
      "with a pattern that is too long",
      { EventPattern: JSON.stringify({ source: ["x".repeat(5_000)] }) },
      "ValidationException",
      "at 'eventPattern' failed to satisfy constraint: Member must have length less than or equal to 4096",
    ],
    [
      "without a name",
      { Name: undefined },
      "ValidationException",
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ],
    [
      "with a name of other characters",
      { Name: "a b" },
      "ValidationException",
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    ],
    [
      "with two faults",
      { Name: "x".repeat(65), State: "ON" as "ENABLED" },
      "ValidationException",
      "Member must have length less than or equal to 64; Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]",
    ],
    [
      "on another bus",
      { EventBusName: "other" },
      "ResourceNotFoundException",
      "Event bus other does not exist.",
    ],
    [
      "with something else for a text",
      { Description: 7 as unknown as string },
      "SerializationException",
      "The request is malformed.",
    ],
  ])("%s", async (_, fault, name, message) => {
    await expect(putRule(fault)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
      $metadata: { httpStatusCode: 400 },
    });
    expect(server.readAgain().rules.size).toBe(0);
  });

  test("where there are too many", async () => {
    for (let number = 0; number < MAX_RULES; number += 1) await putRule({ Name: `r${number}` });
    await expect(putRule({ Name: "more" })).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "The requested resource exceeds the maximum number allowed.",
    });
    await putRule({ Name: "r7", Description: "changed" });
  });
});

describe("ListRules", () => {
  const list = async (input: object) => server.eventBridge.send(new ListRulesCommand(input));

  test("gives all of them by pages, also where some go in between", async () => {
    const names = ["a1", "a2", "a3", "a4", "b1"];
    for (const Name of names.toReversed()) await putRule({ Name });
    const first = await list({ Limit: 2 });
    expect(first.Rules?.map(({ Name }) => Name)).toEqual(["a1", "a2"]);
    await server.eventBridge.send(new DeleteRuleCommand({ Name: "a2" }));
    const second = await list({ Limit: 2, NextToken: first.NextToken });
    expect(second.Rules?.map(({ Name }) => Name)).toEqual(["a3", "a4"]);
    const third = await list({ Limit: 2, NextToken: second.NextToken });
    expect(third.Rules?.map(({ Name }) => Name)).toEqual(["b1"]);
    expect(third.NextToken).toBeUndefined();
    expect((await list({ NamePrefix: "b" })).Rules).toMatchObject([
      { Name: "b1", State: "ENABLED" },
    ]);
  });

  test.each(["x", Buffer.from("after").toString("base64"), "%"])(
    "takes no other token than its own: %s",
    async (NextToken) => {
      await expect(list({ NextToken })).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("NextToken") as string,
      });
    },
  );

  test.each([0, 101])("takes no limit of %i", async (Limit) => {
    await expect(list({ Limit })).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("TestEventPattern", () => {
  const ENVELOPE = {
    id: "1",
    account: "000000000000",
    source: "berth.ecs",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: [],
    "detail-type": "ECS Task State Change",
  };
  const tryPattern = async (EventPattern: string, Event: string) =>
    server.eventBridge.send(new TestEventPatternCommand({ EventPattern, Event }));

  test.each([
    [PATTERN, true],
    [`{"source":["aws.ecs"]}`, false],
  ])("compares %s: %s", async (pattern, Result) => {
    expect(await tryPattern(pattern, JSON.stringify(ENVELOPE))).toMatchObject({ Result });
  });

  test.each([
    ["{", "Parameter Event is not valid. Reason: It is not JSON."],
    ["[]", "Parameter Event is not valid. Reason: It must be an object."],
    [
      JSON.stringify({ ...ENVELOPE, time: undefined }),
      "Parameter Event is not valid. Reason: time is a required argument.",
    ],
  ])("is refused with the event %s", async (event, message) => {
    await expect(tryPattern(PATTERN, event)).rejects.toMatchObject({
      name: "ValidationException",
      message,
    });
  });
});

test("there are the bus of Berth's own and default", async () => {
  const { EventBuses } = await server.eventBridge.send(new ListEventBusesCommand({}));
  expect(EventBuses).toEqual([
    { Name: "berth", Arn: `${ACCOUNT}:event-bus/berth` },
    { Name: "default", Arn: `${ACCOUNT}:event-bus/default` },
  ]);
  expect(await server.eventBridge.send(new DescribeEventBusCommand({}))).toMatchObject({
    Name: "default",
  });
  await expect(
    server.eventBridge.send(new DescribeEventBusCommand({ Name: "other" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test.each(["DescribeArchive", "valueOf", ""])("the operation %s is not there", async (name) => {
  const { eventBridge } = server;
  eventBridge.middlewareStack.add(
    (next) => async (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-amz-target"] =
        `AWSEvents.${name}`;
      return next(args);
    },
    { step: "build" },
  );
  await expect(eventBridge.send(new ListRulesCommand({}))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: `The EventBridge of one machine does not have the operation ${name}.`,
  });
});
