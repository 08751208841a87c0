import { expect, test } from "vitest";
import { differences } from "./differences.ts";
import type { PlannedChange } from "./differences.ts";

type Values = Readonly<Record<string, unknown>>;

const planned = (
  type: string,
  before: Values | null,
  after: Values | null,
  ...actions: readonly string[]
): PlannedChange => ({ address: `${type}.One`, type, change: { actions, before, after } });

test("what stays as it is, is no difference", () => {
  expect(differences([planned("aws_sqs_queue", { delay: 1 }, { delay: 2 }, "no-op")])).toEqual([]);
});

test("what is changed, made again or gone is one", () => {
  expect(
    differences([
      planned("aws_sqs_queue", { delay: 1, name: "a" }, { delay: 2, name: "a" }, "update"),
      planned("aws_sns_topic", null, { name: "a" }, "create"),
      planned("aws_iam_role", { name: "a" }, null, "delete"),
    ]),
  ).toEqual(["aws_sqs_queue.One: delay", "aws_sns_topic.One: create", "aws_iam_role.One: delete"]);
});

test("a document that says the same is none, one that says other is", () => {
  const update = (before: string, after: string) =>
    differences([planned("aws_sqs_queue", { policy: before }, { policy: after }, "update")]);
  expect(update('{"a": 1, "b": 2}', '{"b":2,"a":1}')).toEqual([]);
  expect(update('{"a": 1}', '{"a":2}')).toEqual(["aws_sqs_queue.One: policy"]);
});

test("what the emulator forgets is none, but only where it does", () => {
  const update = (type: string) =>
    differences([planned(type, { logging_config: [] }, { logging_config: [{}] }, "update")]);
  expect(update("aws_lambda_function")).toEqual([]);
  expect(update("aws_sns_topic")).toEqual(["aws_sns_topic.One: logging_config"]);
});
