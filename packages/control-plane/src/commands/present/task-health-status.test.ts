import { describe, expect, test } from "vitest";
import type { HealthStatus } from "@berth/domain/task-status";
import {
  aContainerDefinition,
  aTask,
  aTaskContainer,
  aTaskDefinition,
} from "@berth/testing/builders";
import { taskHealthStatus } from "./task-health-status.ts";

const healthCheck = { command: ["CMD", "true"] };
const checked = (name: string) => aContainerDefinition({ name, healthCheck });

const taskWith = (statuses: Readonly<Record<string, HealthStatus | undefined>>) =>
  aTask({
    containers: Object.entries(statuses).map(([name, healthStatus]) =>
      aTaskContainer({ name, ...(healthStatus && { healthStatus }) }),
    ),
  });

describe("taskHealthStatus", () => {
  const definition = aTaskDefinition({ containerDefinitions: [checked("a"), checked("b")] });

  test.each([
    { when: "all are", a: "HEALTHY", b: "HEALTHY", expected: "HEALTHY" },
    { when: "one has not reported", a: "HEALTHY", b: undefined, expected: "UNKNOWN" },
    { when: "one says so", a: "UNKNOWN", b: "HEALTHY", expected: "UNKNOWN" },
    { when: "one is", a: undefined, b: "UNHEALTHY", expected: "UNHEALTHY" },
  ] as const)("is $expected when $when", ({ a, b, expected }) => {
    expect(taskHealthStatus(taskWith({ a, b }), definition)).toBe(expected);
  });

  test("does not count containers that are not essential or have no check", () => {
    const mixed = aTaskDefinition({
      containerDefinitions: [
        checked("a"),
        { ...checked("b"), essential: false },
        aContainerDefinition({ name: "c" }),
      ],
    });
    const task = taskWith({ a: "HEALTHY", b: "UNHEALTHY", c: undefined });
    expect(taskHealthStatus(task, mixed)).toBe("HEALTHY");
  });

  test.each([
    { name: "no container has a check", definition: aTaskDefinition() },
    { name: "the definition is forgotten", definition: undefined },
  ])("is UNKNOWN where $name", ({ definition }) => {
    expect(taskHealthStatus(taskWith({ main: "HEALTHY" }), definition)).toBe("UNKNOWN");
  });
});
