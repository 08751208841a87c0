import { forFargate, withContainer } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

const WINDOWS = "WINDOWS_SERVER_2022_CORE";
const FSX = {
  fsxWindowsFileServerVolumeConfiguration: {
    fileSystemId: "fs-1",
    rootDirectory: "share",
    authorizationConfig: {
      credentialsParameter: "arn:aws:ssm:r:123456789012:parameter/p",
      domain: "d",
    },
  },
};

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
      given: forFargate(
        {},
        { cpu: "512", memory: "1024", runtimePlatform: { operatingSystemFamily: WINDOWS } },
      ),
      fault: "No Fargate configuration exists for given values: 512 CPU, 1024 memory",
    },
    {
      given: forFargate({ linuxParameters: { swappiness: 60 } }),
      fault: "Fargate compatible task definitions do not support swappiness",
    },
    {
      given: forFargate({ resourceRequirements: [{ type: "GPU", value: "1" }] }),
      fault: "Fargate compatible task definitions do not support resourceRequirements",
    },
    {
      given: forFargate({}, { volumes: [{ name: "a", ...FSX }] }),
      fault:
        "Fargate compatible task definitions do not support fsxWindowsFileServerVolumeConfiguration",
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

/** MiB by CPU units, from what to what in which steps; each size between is fit, and no other. */
const SIZES: readonly (readonly [cpu: number, sizes: readonly number[]])[] = [
  [256, [512, 1024, 2048]],
  [512, gib(1, 4, 1)],
  [1024, gib(2, 8, 1)],
  [2048, gib(4, 16, 1)],
  [4096, gib(8, 30, 1)],
  [8192, gib(16, 60, 4)],
  [16384, gib(32, 120, 8)],
  [32768, [61_440, 122_880, 249_856]],
];

function gib(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}

test.each(SIZES)("%i CPU units go with just these sizes of memory", (cpu, sizes) => {
  const isFit = (memory: number) =>
    faults(forFargate({}, { cpu: String(cpu), memory: String(memory) })).next().done;
  expect(sizes.filter((memory) => !isFit(memory))).toEqual([]);
  const all = Array.from({ length: 512 }, (_, index) => (index + 1) * 512);
  expect(all.filter((memory) => isFit(memory))).toEqual(sizes);
});

test.each(["300", "128", "65536"])("%s CPU units are no Fargate size", (cpu) => {
  expect(faults(forFargate({}, { cpu, memory: "2048" })).next().value).toMatch(
    /^No Fargate configuration exists/,
  );
});
