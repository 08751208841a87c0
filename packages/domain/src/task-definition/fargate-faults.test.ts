import { forFargate, withContainer } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

describe("log and Fargate faults", () => {
  const awslogs = {
    logDriver: "awslogs",
    options: { "awslogs-region": "r", "awslogs-group": "g" },
  };
  const prefixed = { ...awslogs, options: { ...awslogs.options, "awslogs-stream-prefix": "p" } };

  test.each<{ given: Registration; fault: string }>([
    {
      given: withContainer({ logConfiguration: { logDriver: "awslogs", options: {} } }),
      fault: "Log driver awslogs requires options: awslogs-region, awslogs-group",
    },
    {
      given: withContainer({ logConfiguration: { logDriver: "awsfirelens" } }),
      fault:
        "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be specified",
    },
    {
      given: forFargate({ logConfiguration: { logDriver: "json-file" } }),
      fault: "json-file is not a valid log driver. Must be one of [awslogs, splunk, awsfirelens]",
    },
    {
      given: forFargate({ logConfiguration: awslogs }),
      fault: "Fargate requires log configuration options to include awslogs-stream-prefix",
    },
    {
      given: forFargate({ logConfiguration: prefixed }),
      fault:
        "Fargate requires task definition to have execution role ARN to support log driver awslogs",
    },
    {
      given: forFargate({}, { cpu: undefined }),
      fault: "Fargate requires that 'cpu' be defined at the task level.",
    },
    {
      given: forFargate({}, { memory: undefined }),
      fault: "Fargate requires that 'memory' be defined at the task level.",
    },
    {
      given: forFargate({}, { cpu: "4 vCPU", memory: "4 GB" }),
      fault: "No Fargate configuration exists for given values: 4096 CPU, 4096 memory",
    },
    {
      given: forFargate({}, { networkMode: "bridge" }),
      fault: "Fargate only supports network mode ‘awsvpc’.",
    },
    {
      given: forFargate({}, { pidMode: "host" }),
      fault:
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    },
    {
      given: forFargate({}, { ipcMode: "task" }),
      fault: "Fargate compatible task definitions do not support ipcMode",
    },
    {
      given: forFargate({}, { volumes: [{ name: "a", host: { sourcePath: "/a" } }] }),
      fault: "Fargate compatible task definitions do not support sourcePath",
    },
    {
      given: forFargate({ linuxParameters: { sharedMemorySize: 64 } }),
      fault: "Fargate compatible task definitions do not support sharedMemorySize",
    },
    {
      given: forFargate({ privileged: true }),
      fault: "Fargate requires that the 'privileged' setting be 'false'",
    },
    {
      given: forFargate({ linuxParameters: { capabilities: { add: ["NET_ADMIN"] } } }),
      fault: "NET_ADMIN is not allowed on Fargate.",
    },
    {
      given: forFargate({ stopTimeout: 121 }),
      fault: "the 'stopTimeout' setting for container 'web' must be at most 120",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });
});
