import {
  aGivenContainer,
  aRegistration,
  withContainer,
  withSidecar,
} from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

describe("task faults", () => {
  test.each<{ given: Registration; fault: string }>([
    { given: aRegistration({ family: "" }), fault: "Family should not be null or empty." },
    { given: aRegistration({ family: "a b" }), fault: "Family contains invalid characters." },
    {
      given: aRegistration({ containerDefinitions: [] }),
      fault: "Container list cannot be empty.",
    },
    {
      given: aRegistration({
        containerDefinitions: Array.from({ length: 11 }, (_, index) =>
          aGivenContainer({ name: `c${index}` }),
        ),
      }),
      fault: "containerDefinitions can have at most 10 items.",
    },
    {
      given: withSidecar({ name: "web" }),
      fault: "Container names must be unique within a task definition",
    },
    {
      given: withContainer({ essential: false }),
      fault: "Task definition doesn't have any essential container",
    },
    { given: aRegistration({ cpu: "plenty" }), fault: "Invalid 'cpu' setting for task." },
    { given: aRegistration({ cpu: "127" }), fault: "Invalid 'cpu' setting for task." },
    { given: aRegistration({ memory: "1 TB" }), fault: "Invalid 'memory' setting for task." },
    {
      given: withContainer({ cpu: 257 }, { cpu: "256" }),
      fault:
        "The sum of all container 'cpu' values cannot be greater than the task-level 'cpu' value",
    },
    {
      given: aRegistration({ memory: "63" }),
      fault: "The 'memory' setting for container 'web' is greater than for the task",
    },
    {
      given: withContainer({ memory: undefined, memoryReservation: 64 }, { memory: "63" }),
      fault:
        "The sum of all container 'memoryReservation' values cannot be greater than the task-level 'memory' value",
    },
    {
      given: aRegistration({
        placementConstraints: Array.from({ length: 11 }, () => ({
          type: "memberOf" as const,
          expression: "a",
        })),
      }),
      fault: "placementConstraints can have at most 10 items.",
    },
    {
      given: aRegistration({ placementConstraints: [{ type: "distinctInstance" }] }),
      fault: "Placement constraint type should be one of [memberOf]",
    },
    {
      given: aRegistration({ placementConstraints: [{ type: "memberOf" }] }),
      fault: "memberOf expression should be specified",
    },
    { given: aRegistration({ taskRoleArn: "arn:aws:s3:::bucket" }), fault: "Invalid arn syntax" },
    {
      given: aRegistration({ inferenceAccelerators: [{}] }),
      fault: "Unsupported field 'inferenceAccelerators'",
    },
    {
      given: aRegistration({
        networkMode: "awsvpc",
        proxyConfiguration: { containerName: "envoy" },
      }),
      fault: "Proxy container [envoy] does not exist",
    },
    {
      given: aRegistration({ ephemeralStorage: { sizeInGiB: 20 } }),
      fault: "EphemeralStorage size should be at least 21",
    },
    {
      given: aRegistration({ ephemeralStorage: { sizeInGiB: 201 } }),
      fault: "EphemeralStorage size should be at most 200",
    },
    {
      given: aRegistration({ networkMode: "awsvpc", requiresCompatibilities: ["EXTERNAL"] }),
      fault: "External launch type does not support network mode 'awsvpc'.",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });

  test("an oversized definition tells its size", () => {
    const given = withContainer({ command: ["x".repeat(70_000)] });
    expect(faults(given).next().value).toMatch(
      /^Actual length: '\d+'. Max allowed length is '65536' bytes.$/,
    );
  });
});
