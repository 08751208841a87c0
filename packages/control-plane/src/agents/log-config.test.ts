import { aContainerDefinition } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { engineLogConfig, leavesModeOpen } from "./log-config.ts";

const containerWith = (logDriver: string, options?: Record<string, string>) =>
  aContainerDefinition({
    name: "web",
    logConfiguration: { logDriver, ...(options && { options }) },
  });

const told = (logDriver: string, options?: Record<string, string>) =>
  engineLogConfig(containerWith(logDriver, options), { taskId: "t1", defaultMode: "non-blocking" });

const mode = "non-blocking";

test("a stream is named by its prefix, its container and its task", () => {
  const options = { "awslogs-group": "g", "awslogs-stream-prefix": "shop" };
  expect(told("awslogs", options)).toEqual({
    Type: "awslogs",
    Config: { mode, "awslogs-group": "g", "awslogs-stream": "shop/web/t1" },
  });
});

test("without a prefix the engine names it, by its container's id", () => {
  expect(told("awslogs", { "awslogs-group": "g" })).toEqual({
    Type: "awslogs",
    Config: { mode, "awslogs-group": "g" },
  });
});

test.each([
  { driver: "json-file", options: undefined, expected: { mode } },
  { driver: "syslog", options: { mode: "blocking" }, expected: { mode: "blocking" } },
  { driver: "none", options: undefined, expected: {} },
  { driver: "awsfirelens", options: { Name: "s3" }, expected: { Name: "s3" } },
])("$driver with $options is told $expected", ({ driver, options, expected }) => {
  expect(told(driver, options)).toEqual({ Type: driver, Config: expected });
});

test("without a log configuration the engine's own holds", () => {
  const plain = aContainerDefinition();
  const origin = { taskId: "t1", defaultMode: "blocking" } as const;
  expect(engineLogConfig(plain, origin)).toBeUndefined();
  expect(leavesModeOpen(plain)).toBe(false);
});

test.each([
  ["awslogs", undefined, true],
  ["awslogs", { mode: "blocking" }, false],
  ["none", undefined, false],
] as const)("%s with %o leaves the mode open: %s", (driver, options, expected) => {
  expect(leavesModeOpen(containerWith(driver, options))).toBe(expected);
});
