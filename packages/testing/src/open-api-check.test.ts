import { commands } from "@berth/control-plane/commands/registry";
import { openApiDocument } from "@berth/functions/openapi/document";
import { describe, expect, test } from "vitest";
import { OpenApiCheck } from "./open-api-check.ts";

const check = new OpenApiCheck(openApiDocument(commands));
const CLUSTER = { cluster: { clusterName: "a", status: "ACTIVE" } };

const faults = (
  body: unknown,
  { path = "/v1/clusters/a", statusCode = 200, type = "application/json" } = {},
) => {
  const headers = { "content-type": type };
  return check.faults("get", path, { statusCode, headers, body: JSON.stringify(body) });
};

test("an answer as it is documented has no faults", () => {
  expect(faults(CLUSTER)).toEqual([]);
});

describe("planted faults", () => {
  test.each<[unknown, Parameters<typeof faults>[1], string]>([
    [{ cluster: { ...CLUSTER.cluster, colour: "red" } }, {}, "must NOT have additional properties"],
    [{ cluster: { clusterName: 7 } }, {}, "must be string"],
    [{}, {}, "required"],
    [{ failures: [] }, {}, "must NOT have additional properties"],
    [CLUSTER, { type: "text/plain" }, "is of type text/plain"],
    [{ title: "No" }, { statusCode: 404, type: "application/problem+json" }, "required"],
    [{ title: "No" }, { path: "/v1/nowhere", statusCode: 404 }, "required"],
  ])("%j %j", (body, more, fault) => {
    expect(faults(body, more).join("; ")).toContain(fault);
  });

  test("a time that is no RFC 3339", () => {
    const path = "/v1/clusters/a/services/web";
    expect(faults({ service: { createdAt: "2026-11-21T12:00:00Z" } }, { path })).toEqual([]);
    expect(faults({ service: { createdAt: "now" } }, { path })).not.toEqual([]);
    expect(faults({ service: { createdAt: 1_763_700_000 } }, { path })).not.toEqual([]);
  });

  test("a value that the model does not have", () => {
    const path = "/v1/clusters/a/services/web";
    const controlledBy = (type: string) => ({ service: { deploymentController: { type } } });
    expect(faults(controlledBy("ECS"), { path })).toEqual([]);
    expect(faults(controlledBy("HAND"), { path })).not.toEqual([]);
  });
});
