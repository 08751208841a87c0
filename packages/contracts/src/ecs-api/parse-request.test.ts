import { describe, expect, it } from "vitest";
import { parseRequest } from "./parse-request.ts";

const parse = (body: unknown) => parseRequest("RegisterTaskDefinition", JSON.stringify(body));
const withContainer = (container: object) => ({ family: "web", containerDefinitions: [container] });

describe("parseRequest", () => {
  it("reads an empty body as an empty object", () => {
    expect(parseRequest("CreateCluster", "")).toEqual({});
  });

  it("keeps the token that agents register with, which the public model lacks", () => {
    const request = { clientToken: "5f6c" };
    expect(parseRequest("RegisterContainerInstance", JSON.stringify(request))).toEqual(request);
  });

  it("words a wrong type as ECS does, and says where it stands", () => {
    expect(() => parse(withContainer({ name: "app" }))).not.toThrow();
    expect(() => parse(withContainer({ memory: "128" }))).toThrow(
      "STRING_VALUE cannot be converted to Integer (containerDefinitions[0].memory)",
    );
    expect(() => parse(withContainer({ image: 1 }))).toThrow(
      "NUMBER_VALUE cannot be converted to String (containerDefinitions[0].image)",
    );
    expect(() => parse(withContainer({ essential: "true" }))).toThrow(
      "STRING_VALUE cannot be converted to Boolean (containerDefinitions[0].essential)",
    );
    expect(() => parse(withContainer({ dockerLabels: { tier: false } }))).toThrow(
      "FALSE_VALUE cannot be converted to String (containerDefinitions[0].dockerLabels.tier)",
    );
    expect(() => parse({ family: "web", containerDefinitions: {} })).toThrow(
      "Start of structure or map found where not expected (containerDefinitions)",
    );
    expect(() => parse({ family: "web", containerDefinitions: "app" })).toThrow(
      "Unexpected field type (containerDefinitions)",
    );
  });

  it.each([1.5, 2 ** 31, -(2 ** 31) - 1])("takes no %d for an Integer", (memory) => {
    expect(() => parse(withContainer({ memory }))).toThrow("cannot be converted to Integer");
  });

  it("takes no number beyond what JSON can say", () => {
    const body = '{"cluster":"c","service":"s","taskSet":"t","scale":{"value":1e999}}';
    expect(() => parseRequest("UpdateTaskSet", body)).toThrow(
      "DECIMAL_VALUE cannot be converted to Double (scale.value)",
    );
  });

  it("refuses task definitions with ClientException, as ECS does", () => {
    expect(() => parse({ family: "web" })).toThrow(
      expect.objectContaining({
        code: "ClientException",
        message: "containerDefinitions should not be null.",
      }),
    );
    expect(() => parseRequest("StopTask", "{}")).toThrow(
      expect.objectContaining({
        code: "InvalidParameterException",
        message: "task should not be null.",
      }),
    );
  });

  it("says it in ECS's own words where they are known", () => {
    expect(() => parseRequest("DescribeTasks", "{}")).toThrow("Tasks cannot be empty.");
  });

  it("refuses null in lists and maps, where it cannot mean absent", () => {
    expect(() => parse({ family: "web", containerDefinitions: [null] })).toThrow(
      "containerDefinitions[0] should not be null.",
    );
    expect(() => parse(withContainer({ dockerLabels: { tier: null } }))).toThrow(
      "containerDefinitions[0].dockerLabels.tier should not be null.",
    );
  });

  it("keeps a map key that is called like the prototype, and pollutes nothing", () => {
    const body = `{"family":"web","containerDefinitions":[{"dockerLabels":{"__proto__":"x"}}]}`;
    const labels = parseRequest("RegisterTaskDefinition", body).containerDefinitions?.[0];
    expect(Object.entries(labels?.dockerLabels ?? {})).toEqual([["__proto__", "x"]]);
    expect(parseRequest("CreateCluster", '{"__proto__":{"clusterName":"x"}}')).toEqual({});
  });

  it("reads times as epoch seconds, to the millisecond", () => {
    const change = parseRequest("SubmitTaskStateChange", '{"pullStartedAt":1700000000.123}');
    expect(change.pullStartedAt).toEqual(new Date(1_700_000_000_123));
  });

  it.each(['"2026-01-01T00:00:00Z"', "1e20", "true"])("takes no %s for a time", (json) => {
    const body = `{"pullStartedAt":${json}}`;
    expect(() => parseRequest("SubmitTaskStateChange", body)).toThrow(
      "cannot be converted to Date (pullStartedAt)",
    );
  });

  it("repeats no more than a little of what the caller sent", () => {
    const body = JSON.stringify({ taskDefinition: "web", launchType: "x".repeat(100_000) });
    expect(() => parseRequest("RunTask", body)).toThrow(/but was x{64}\.\.\.$/);
  });
});
