import { describe, expect, test } from "vitest";
import {
  clusterName,
  containerInstanceId,
  serviceName,
  taskDefinitionRef,
  taskId,
} from "./identifiers.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const arn = (tail: string) => `arn:aws:ecs:eu-central-1:123456789012:${tail}`;
const hex = "0123456789abcdef0123456789abcdef";
const uuid = "01234567-89ab-cdef-0123-456789abcdef";

describe("names and ids", () => {
  test.each([
    {
      name: "no cluster is the default one",
      read: () => clusterName(scope, undefined),
      expected: "default",
    },
    { name: "a cluster by name", read: () => clusterName(scope, "a-B_1"), expected: "a-B_1" },
    {
      name: "a cluster by ARN",
      read: () => clusterName(scope, arn("cluster/live")),
      expected: "live",
    },
    { name: "a task by id", read: () => taskId(scope, "live", hex), expected: hex },
    {
      name: "a task by ARN",
      read: () => taskId(scope, "live", arn(`task/live/${hex}`)),
      expected: hex,
    },
    {
      name: "a task by an old ARN",
      read: () => taskId(scope, "live", arn(`task/${uuid}`)),
      expected: uuid,
    },
    {
      name: "an instance by ARN",
      read: () => containerInstanceId(scope, "live", arn(`container-instance/live/${hex}`)),
      expected: hex,
    },
    {
      name: "a service by ARN",
      read: () => serviceName(scope, "live", arn("service/live/web")),
      expected: "web",
    },
    {
      name: "a service by an old ARN",
      read: () => serviceName(scope, "live", arn("service/web")),
      expected: "web",
    },
    { name: "a family", read: () => taskDefinitionRef(scope, "web"), expected: { family: "web" } },
    {
      name: "a revision",
      read: () => taskDefinitionRef(scope, "web:12"),
      expected: { family: "web", revision: 12 },
    },
    {
      name: "a revision by ARN",
      read: () => taskDefinitionRef(scope, arn("task-definition/web:12")),
      expected: { family: "web", revision: 12 },
    },
  ])("$name", ({ read, expected }) => {
    expect(read()).toEqual(expected);
  });
});

describe("refused as InvalidParameterException", () => {
  test.each([
    {
      read: () => clusterName(scope, "a b"),
      message: "Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b",
    },
    {
      read: () => clusterName(scope, ""),
      message: "Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ",
    },
    {
      read: () => clusterName(scope, arn("cluster/a/b")),
      message: "Invalid identifier: Unexpected number of separators",
    },
    {
      read: () => clusterName(scope, "arn:aws:ecs"),
      message: "Invalid identifier: Unexpected number of separators",
    },
    {
      read: () => clusterName(scope, "arn:aws:ecs:us-east-1:123456789012:cluster/a"),
      message: "Invalid Region in ARN",
    },
    {
      read: () => clusterName(scope, "arn:aws:ecs:eu-central-1:210987654321:cluster/a"),
      message: "Invalid identifier: Identifier is for 210987654321. Your accountId is 123456789012",
    },
    {
      read: () => taskId(scope, "live", arn("cluster/live")),
      message: "Unsupported resource type: cluster",
    },
    {
      read: () => taskId(scope, "live", arn(`task/other/${hex}`)),
      message: "Invalid identifier: Identifier is for cluster other. Your cluster is live",
    },
    { read: () => taskId(scope, "live", "a".repeat(37)), message: "taskId longer than 36." },
    { read: () => taskId(scope, "live", "abc"), message: "task length should be one of [32,36]" },
    { read: () => taskId(scope, "live", "z".repeat(32)), message: "Task Identifier is invalid" },
    {
      read: () => containerInstanceId(scope, "live", "z".repeat(36)),
      message: "Container Instance Identifier is invalid",
    },
    { read: () => serviceName(scope, "live", "a.b"), message: "Service Identifier is invalid" },
    {
      read: () => taskDefinitionRef(scope, "web:latest"),
      message: "Invalid revision number. Number: latest",
    },
    {
      read: () => taskDefinitionRef(scope, "web:0"),
      message: "Invalid revision number. Number: 0",
    },
    {
      read: () => taskDefinitionRef(scope, "web:1:2"),
      message: "Invalid identifier: Unexpected number of separators",
    },
    {
      read: () => taskDefinitionRef(scope, "a.b"),
      message: "Task Definition Identifier is invalid",
    },
  ])("$message", ({ read, message }) => {
    expect(read).toThrow(expect.objectContaining({ code: "InvalidParameterException", message }));
  });
});
