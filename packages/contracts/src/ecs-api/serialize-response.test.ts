import { EcsError } from "@berth/domain/errors";
import { describe, expect, it } from "vitest";
import type { EcsResponse } from "./operations.ts";
import { serializeError, serializeResponse } from "./serialize-response.ts";

describe("serializeResponse", () => {
  it("prints times as epoch seconds with a fraction", () => {
    const createdAt = new Date(1_700_000_000_123);
    const body = serializeResponse("DescribeTasks", { tasks: [{ createdAt }] });
    expect(body).toBe('{"tasks":[{"createdAt":1700000000.123}]}');
  });

  it("leaves out what is undefined and what the schema does not know", () => {
    const storeMembers = { version: 3, due: 1 };
    const response: EcsResponse<"CreateCluster"> & object = {
      cluster: {
        clusterName: "web",
        status: undefined,
        tags: [{ key: "team", value: undefined }],
        ...storeMembers,
      },
    };
    expect(serializeResponse("CreateCluster", response)).toBe(
      '{"cluster":{"clusterName":"web","tags":[{"key":"team"}]}}',
    );
  });

  it("keeps maps, numbers that are zero, and false", () => {
    const containerDefinition = { cpu: 0, essential: false, dockerLabels: { a: "", b: "1" } };
    const body = serializeResponse("RegisterTaskDefinition", {
      taskDefinition: { containerDefinitions: [containerDefinition] },
    });
    expect(JSON.parse(body)).toEqual({
      taskDefinition: { containerDefinitions: [containerDefinition] },
    });
  });
});

describe("serializeError", () => {
  it("prints code, message and the error's own members", () => {
    const error = new EcsError("ConflictException", "Taken.", { resourceIds: ["arn:1"] });
    expect(JSON.parse(serializeError(error))).toEqual({
      __type: "ConflictException",
      message: "Taken.",
      resourceIds: ["arn:1"],
    });
  });
});
