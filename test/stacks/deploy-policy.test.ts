import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { ROOT } from "./paths.ts";
import { readDeployment } from "./record.ts";

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const POLICIES = ["aws-deploy-policy.json", "aws-deploy-policy-keys.json"];

const texts = POLICIES.map((file) => readFileSync(join(ROOT, "docs", file), "utf8"));
const statements = texts.flatMap(
  (text) => (JSON.parse(text) as { Statement: readonly Statement[] }).Statement,
);
const allowed = new Set(statements.flatMap(({ Action }) => Action));

/** What the provider calls to make, read and remove a resource of a type. Source: its documentation. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  "apigateway/account:Account": ["apigateway:PATCH", "apigateway:GET", "iam:PassRole"],
  "apigatewayv2/api:Api": ["apigateway:POST", "apigateway:GET", "apigateway:DELETE"],
  "apigatewayv2/integration:Integration": ["apigateway:POST", "apigateway:DELETE"],
  "apigatewayv2/route:Route": ["apigateway:POST", "apigateway:DELETE"],
  "apigatewayv2/stage:Stage": ["apigateway:POST", "apigateway:DELETE", "logs:CreateLogDelivery"],
  "cloudwatch/dashboard:Dashboard": [
    "cloudwatch:PutDashboard",
    "cloudwatch:GetDashboard",
    "cloudwatch:DeleteDashboards",
  ],
  "cloudwatch/eventBus:EventBus": [
    "events:CreateEventBus",
    "events:DescribeEventBus",
    "events:DeleteEventBus",
  ],
  "cloudwatch/eventRule:EventRule": ["events:PutRule", "events:DescribeRule", "events:DeleteRule"],
  "cloudwatch/eventTarget:EventTarget": [
    "events:PutTargets",
    "events:ListTargetsByRule",
    "events:RemoveTargets",
  ],
  "cloudwatch/logGroup:LogGroup": [
    "logs:CreateLogGroup",
    "logs:DescribeLogGroups",
    "logs:PutRetentionPolicy",
    "logs:DeleteLogGroup",
  ],
  "cloudwatch/metricAlarm:MetricAlarm": [
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:DeleteAlarms",
  ],
  "dynamodb/table:Table": [
    "dynamodb:CreateTable",
    "dynamodb:DescribeTable",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:DeleteTable",
  ],
  "iam/role:Role": [
    "iam:CreateRole",
    "iam:GetRole",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
  ],
  "kms/alias:Alias": ["kms:CreateAlias", "kms:ListAliases", "kms:DeleteAlias"],
  "kms/key:Key": [
    "kms:CreateKey",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:EnableKeyRotation",
    "kms:ScheduleKeyDeletion",
  ],
  "lambda/eventSourceMapping:EventSourceMapping": [
    "lambda:CreateEventSourceMapping",
    "lambda:GetEventSourceMapping",
    "lambda:DeleteEventSourceMapping",
  ],
  "lambda/function:Function": [
    "lambda:CreateFunction",
    "lambda:GetFunction",
    "lambda:UpdateFunctionCode",
    "lambda:DeleteFunction",
    "iam:PassRole",
  ],
  "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": [
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:DeleteFunctionEventInvokeConfig",
  ],
  "lambda/permission:Permission": [
    "lambda:AddPermission",
    "lambda:GetPolicy",
    "lambda:RemovePermission",
  ],
  "s3/bucketObjectv2:BucketObjectv2": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
  "scheduler/schedule:Schedule": [
    "scheduler:CreateSchedule",
    "scheduler:GetSchedule",
    "scheduler:DeleteSchedule",
    "iam:PassRole",
  ],
  "sns/topic:Topic": ["sns:CreateTopic", "sns:GetTopicAttributes", "sns:DeleteTopic"],
  "sqs/queuePolicy:QueuePolicy": ["sqs:SetQueueAttributes", "sqs:GetQueueAttributes"],
  "sqs/queue:Queue": ["sqs:CreateQueue", "sqs:GetQueueAttributes", "sqs:DeleteQueue"],
};

test.each(["production", "test"])("the deploy policies are enough for stage %s", (stage) => {
  const types = readDeployment(stage)
    .resources.filter(({ type }) => type.startsWith("aws:"))
    .map(({ type }) => type.slice("aws:".length));
  const missing = [...new Set(types)].flatMap((type) =>
    (CALLS[type] ?? [`what ${type} needs`]).filter((action) => !allowed.has(action)),
  );
  expect(missing).toEqual([]);
});

it.each(texts)("fits into a managed policy each: %.0s", (text) => {
  expect(text.replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6144);
});

it("holds no wildcard action, and none for all resources but with a condition, for log delivery, or to list aliases", () => {
  expect([...allowed].filter((action) => action.includes("*"))).toEqual([]);
  const open = statements.filter(({ Resource, Condition }) => Resource === "*" && !Condition);
  const actions = open.flatMap(({ Action }) => Action);
  expect(actions.filter((each) => !/^(logs:.*|kms:ListAliases)$/.test(each))).toEqual([]);
});
