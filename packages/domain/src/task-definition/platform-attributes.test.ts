import { expect, test } from "vitest";
import { platformAttributes } from "./platform-attributes.ts";

test.each([
  { runtimePlatform: undefined, expected: [] },
  { runtimePlatform: {}, expected: [] },
  {
    runtimePlatform: { cpuArchitecture: "X86_64" },
    expected: [{ name: "ecs.cpu-architecture", value: "x86_64" }],
  },
  {
    runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
    expected: [
      { name: "ecs.cpu-architecture", value: "arm64" },
      { name: "ecs.os-type", value: "linux" },
    ],
  },
  {
    runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" },
    expected: [{ name: "ecs.os-family", value: "WINDOWS_SERVER_2022_CORE" }],
  },
])("$runtimePlatform wants an instance with $expected", ({ runtimePlatform, expected }) => {
  expect(platformAttributes(runtimePlatform ? { runtimePlatform } : {})).toEqual(expected);
});
