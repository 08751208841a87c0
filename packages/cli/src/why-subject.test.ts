import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { whySubject } from "./why-subject.ts";

const ID = "0123456789abcdef0123456789abcdef";
const ARN = "arn:aws:ecs:us-east-1:000000000000";

test.each([
  [ID, { kind: "task", name: ID }],
  [`${ARN}:task/prod/${ID}`, { kind: "task", name: ID, cluster: "prod" }],
  [`${ARN}:service/prod/web`, { kind: "service", name: "web", cluster: "prod" }],
  ["web-2_b", { kind: "service", name: "web-2_b" }],
])("%s", (text, subject) => {
  expect(whySubject(text)).toEqual(subject);
});

test.each(["", "a b", `${ARN}:cluster/prod`, `${ARN}:task/${ID}`, "x".repeat(256)])(
  "%j is nothing that can be asked about",
  (text) => {
    expect(() => whySubject(text)).toThrow(InvalidArgumentError);
  },
);
