import { describe, expect, it } from "vitest";
import { findOperation, hasModelledError, isReadOnly } from "./operation-names.ts";

describe("findOperation", () => {
  it("finds the operation behind the target header", () => {
    expect(findOperation("AmazonEC2ContainerServiceV20141113.RunTask")).toBe("RunTask");
  });

  it.each([
    undefined,
    "",
    "RunTask",
    "AmazonEC2ContainerServiceV20141113",
    "AmazonEC2ContainerServiceV20141113.",
    "AmazonEC2ContainerServiceV20141113.runTask",
    "AmazonEC2ContainerServiceV20141113.RunTask ",
    "AmazonEC2ContainerServiceV20141113.constructor",
    "AmazonEC2ContainerServiceV20141113.CreateGateway",
    "DynamoDB_20120810.ListTables",
  ])("knows no operation behind %j", (target) => {
    expect(findOperation(target)).toBeUndefined();
  });
});

it("knows which errors an operation may answer with", () => {
  expect(hasModelledError("CreateTaskSet", "UnsupportedFeatureException")).toBe(true);
  expect(hasModelledError("ListTasks", "UnsupportedFeatureException")).toBe(false);
});

it("tells reads from writes", () => {
  expect(isReadOnly("DescribeTasks")).toBe(true);
  expect(isReadOnly("GetTaskProtection")).toBe(true);
  expect(isReadOnly("SubmitTaskStateChange")).toBe(false);
  expect(isReadOnly("DeregisterTaskDefinition")).toBe(false);
});
