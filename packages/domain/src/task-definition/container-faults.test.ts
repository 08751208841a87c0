import { withContainer } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

describe("container faults", () => {
  test.each<{ given: Registration; fault: string }>([
    {
      given: withContainer({ name: undefined }),
      fault: "Container.name should not be null or empty.",
    },
    { given: withContainer({ name: "a.b" }), fault: "Container.name contains invalid characters." },
    { given: withContainer({ image: "" }), fault: "Container.image should not be null or empty." },
    {
      given: withContainer({ image: "nginx:latest " }),
      fault: "Container.image contains invalid characters.",
    },
    { given: withContainer({ image: "a".repeat(256) }), fault: "Container.image longer than 255." },
    {
      given: withContainer({ memory: undefined }),
      fault:
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
    },
    {
      given: withContainer({ memory: 5 }),
      fault: "Invalid setting for container 'web'. 'memory' must be at least 6.",
    },
    {
      given: withContainer({ memoryReservation: 65 }),
      fault: "'memory' must be greater than or equal to 'memoryReservation'",
    },
    {
      given: withContainer({ cpu: -1 }),
      fault: "Invalid setting for container 'web'. 'cpu' must not be negative.",
    },
    {
      given: withContainer({ resourceRequirements: [{ type: "GPU", value: "0" }] }),
      fault:
        "Invalid setting for container 'web'. 'resourceRequirements' of type GPU must have a whole number of at least 1 as value.",
    },
    ...[
      "berth.resource.",
      "berth.resource.CPU",
      "berth.resource.a b",
      "berth.resource.constructor",
      "berth.resource.__proto__",
    ].map((label) => ({
      given: withContainer({ dockerLabels: { [label]: "1" } }),
      fault: `Invalid setting for container 'web'. Docker label '${label}' must name a resource of the container instance and have a whole number of at least 1 as value.`,
    })),
    {
      given: withContainer({ dockerLabels: { "berth.resource.licence": "1.5" } }),
      fault:
        "Invalid setting for container 'web'. Docker label 'berth.resource.licence' must name a resource of the container instance and have a whole number of at least 1 as value.",
    },
    {
      given: withContainer({ environment: [{ value: "1" }] }),
      fault: "Container.environment.name should not be null or empty.",
    },
    {
      given: withContainer({
        environmentFiles: Array.from({ length: 11 }, () => ({
          type: "s3",
          value: "arn:aws:s3:::b/k.env",
        })),
      }),
      fault:
        "The maximum number of environment files was exceeded. Specify ten or less and try again",
    },
    {
      given: withContainer({ secrets: [{ name: "A", valueFrom: "a" }] }),
      fault:
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
    },
    {
      given: withContainer(
        { environment: [{ name: "A", value: "1" }], secrets: [{ name: "A", valueFrom: "a" }] },
        { executionRoleArn: "exec" },
      ),
      fault:
        "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
    },
    {
      given: withContainer({ healthCheck: { command: [] } }),
      fault: "Container.healthCheck.command should not be null or empty.",
    },
    {
      given: withContainer({ healthCheck: { command: ["curl"] } }),
      fault: "The health check command of container 'web' must start with CMD or CMD-SHELL",
    },
    {
      given: withContainer({ healthCheck: { command: ["CMD", "true"], interval: 4 } }),
      fault: "the 'interval' setting for container 'web' must be between 5 and 300",
    },
    {
      given: withContainer({ healthCheck: { command: ["CMD", "true"], timeout: 61 } }),
      fault: "the 'timeout' setting for container 'web' must be between 2 and 60",
    },
    {
      given: withContainer({ healthCheck: { command: ["CMD", "true"], retries: 11 } }),
      fault: "the 'retries' setting for container 'web' must be between 1 and 10",
    },
    {
      given: withContainer({ healthCheck: { command: ["CMD", "true"], startPeriod: 301 } }),
      fault: "the 'startPeriod' setting for container 'web' must be between 0 and 300",
    },
    {
      given: withContainer({ stopTimeout: -1 }),
      fault: "the 'stopTimeout' setting for container 'web' must not be negative",
    },
    {
      given: withContainer({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
      fault: "the 'restartAttemptPeriod' setting for container 'web' must be between 60 and 1800",
    },
    {
      given: withContainer({ ulimits: [{ name: "nofile", softLimit: 2, hardLimit: 1 }] }),
      fault: "The soft limit of ulimit 'nofile' for container 'web' is greater than its hard limit",
    },
    {
      given: withContainer({ linuxParameters: { swappiness: 101 } }),
      fault: "the 'swappiness' setting for container 'web' must be between 0 and 100",
    },
    {
      given: withContainer({ hostname: "web" }, { networkMode: "awsvpc" }),
      fault: "hostname is not supported on container when networkMode=awsvpc",
    },
    {
      given: withContainer(
        { extraHosts: [{ hostname: "a", ipAddress: "1.1.1.1" }] },
        { networkMode: "awsvpc" },
      ),
      fault: "Extra hosts are not supported on container when networkMode=awsvpc",
    },
    {
      given: withContainer({ dnsServers: ["1.1.1.1"] }, { networkMode: "awsvpc" }),
      fault: "DNS servers are not supported on container when networkMode=awsvpc",
    },
    {
      given: withContainer({ disableNetworking: true }, { networkMode: "awsvpc" }),
      fault: "Disable Networking is not supported on container when networkMode=awsvpc",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });
});
