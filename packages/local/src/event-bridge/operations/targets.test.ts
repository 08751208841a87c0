import {
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { makeApiDestination } from "@berth/testing/make-api-destination";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RuleServer, serveRules } from "../../testing/rule-server.ts";

let server: RuleServer;
let Arn: string;
beforeEach(async () => {
  server = await serveRules();
  Arn = await makeApiDestination(server.eventBridge);
  for (const Name of ["one", "two"]) {
    await server.eventBridge.send(
      new PutRuleCommand({ Name, EventPattern: `{"source":["berth.ecs"]}` }),
    );
  }
});
afterEach(() => server.close());

const CLUSTER = "arn:aws:ecs:us-east-1:000000000000:cluster/default";

const put = async (targets: readonly Partial<Target>[], Rule = "one") =>
  server.eventBridge.send(
    new PutTargetsCommand({ Rule, Targets: targets.map((each) => ({ Id: "t", Arn, ...each })) }),
  );
const list = async (input: object = {}) =>
  server.eventBridge.send(new ListTargetsByRuleCommand({ Rule: "one", ...input }));

describe("targets", () => {
  const WHOLE: Target = {
    Id: "whole",
    Arn: "",
    RoleArn: "arn:aws:iam::000000000000:role/any",
    InputTransformer: {
      InputPathsMap: { status: "$.detail.lastStatus" },
      InputTemplate: `{"status": <status>, "rule": <aws.events.rule-name>}`,
    },
    HttpParameters: {
      PathParameterValues: ["$.detail.group"],
      HeaderParameters: { "X-Team": "a" },
      QueryStringParameters: { kind: "$.detail-type" },
    },
    RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
  };

  test("are listed as they were put, and put again by their id", async () => {
    expect(await put([{ ...WHOLE, Arn }])).toMatchObject({
      FailedEntryCount: 0,
      FailedEntries: [],
    });
    expect((await list()).Targets).toEqual([{ ...WHOLE, Arn }]);
    await put([{ Id: "whole" }, { Id: "a", InputPath: "$.detail" }]);
    expect((await list()).Targets).toEqual([
      { Id: "a", Arn, InputPath: "$.detail" },
      { Id: "whole", Arn },
    ]);
  });

  test("are listed by pages", async () => {
    await put([{ Id: "c" }, { Id: "a" }, { Id: "b" }]);
    const { Targets, NextToken } = await list({ Limit: 2 });
    expect(Targets?.map(({ Id }) => Id)).toEqual(["a", "b"]);
    expect((await list({ Limit: 2, NextToken })).Targets?.map(({ Id }) => Id)).toEqual(["c"]);
  });

  test("are removed by their ids, of which those that are not there are named", async () => {
    await put([{ Id: "a" }, { Id: "b" }]);
    const answer = await server.eventBridge.send(
      new RemoveTargetsCommand({ Rule: "one", Ids: ["a", "x"] }),
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: "x", ErrorCode: "ResourceNotFoundException" }],
    });
    expect((await list()).Targets).toMatchObject([{ Id: "b" }]);
  });

  test("tell which rules have them", async () => {
    await put([{}]);
    await put([{}], "two");
    const rulesOf = async (TargetArn: string) =>
      (await server.eventBridge.send(new ListRuleNamesByTargetCommand({ TargetArn }))).RuleNames;
    expect(await rulesOf(Arn)).toEqual(["one", "two"]);
    expect(await rulesOf(`${Arn}x`)).toEqual([]);
  });
});

describe("PutTargets is refused, and writes nothing,", () => {
  test.each<[string, Partial<Target>, string]>([
    ["where the ARN is none", { Arn: "hook" }, "Provided Arn is not in correct format."],
    [
      "for a queue",
      { Arn: "arn:aws:sqs:us-east-1:000000000000:q" },
      "The EventBridge of one machine delivers to API destinations and to clusters only.",
    ],
    [
      "for a cluster without saying what to run there",
      { Arn: CLUSTER },
      "Parameter(s) EcsParameters must be specified for target: t.",
    ],
    [
      "for more tasks than one call starts",
      { Arn: CLUSTER, EcsParameters: { TaskDefinitionArn: "web", TaskCount: 11 } },
      "'targets.2.member.ecsParameters.taskCount' failed to satisfy constraint: Member must have value less than or equal to 10",
    ],
    [
      "with two inputs",
      { Input: "{}", InputPath: "$.detail" },
      "Only one of Input, InputPath, or InputTransformer must be provided for target t.",
    ],
    ["with an input that is no JSON", { Input: "{" }, "Input for target t is not JSON."],
    ["with a path that is none", { InputPath: "detail" }, "is no JSON path of an event."],
    [
      "with a variable that has no path",
      { InputTransformer: { InputTemplate: `{"a":<valueOf>}` } },
      "has the placeholder <valueOf>, which InputPathsMap does not have.",
    ],
    [
      "with a variable of AWS's",
      { InputTransformer: { InputPathsMap: { AWSx: "$.id" }, InputTemplate: "x" } },
      "AWSx is no name for a variable.",
    ],
    [
      "with a variable's path that is none",
      { InputTransformer: { InputPathsMap: { a: "$..id" }, InputTemplate: "x" } },
      "$..id for target t is no JSON path of an event.",
    ],
    [
      "with a header that belongs to the connection",
      { HttpParameters: { HeaderParameters: { Host: "x" } } },
      "The header Host cannot be set.",
    ],
    [
      "with dead letters",
      { DeadLetterConfig: { Arn: "arn:aws:sqs:us-east-1:000000000000:q" } },
      "One machine has no queues for dead letters",
    ],
    [
      "with too many retries",
      { RetryPolicy: { MaximumRetryAttempts: 186 } },
      "Value '186' at 'targets.2.member.retryPolicy.maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 185",
    ],
    [
      "with an age that is too short",
      { RetryPolicy: { MaximumEventAgeInSeconds: 59 } },
      "Member must have value greater than or equal to 60",
    ],
  ])("%s", async (_, fault, message) => {
    await expect(put([{ Id: "good" }, fault])).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message) as string,
    });
    expect((await list()).Targets).toEqual([]);
  });

  test("for an API destination that is not there", async () => {
    const gone = Arn.replace("hook/id-2", "hook/id-0");
    await expect(put([{ Arn: gone }])).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "An api-destination 'hook' does not exist.",
    });
  });

  test("for a rule that is not there", async () => {
    await expect(put([{}], "three")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Rule three does not exist on EventBus default.",
    });
  });

  test("where a rule would have six", async () => {
    await put(["a", "b", "c", "d", "e"].map((Id) => ({ Id })));
    await expect(put([{ Id: "f" }])).rejects.toMatchObject({ name: "LimitExceededException" });
    await put([{ Id: "e", Input: "{}" }]);
    expect((await list()).Targets?.length).toBe(5);
  });
});
