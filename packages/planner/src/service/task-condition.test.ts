import type { DesiredStatus, HealthStatus, TaskStatus } from "@berth/domain/task-status";
import { TASK_STATUSES } from "@berth/domain/task-status";
import { aTask, aTaskContainer } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { assessTask } from "./task-condition.ts";
import type { HealthRules, TaskCondition } from "./task-condition.ts";

const NOW = 100;
const rules: HealthRules = { checkedContainers: {}, healthyAfterMs: 0, gracePeriodMs: 0 };

describe("without health checks", () => {
  const EXPECTED: Readonly<Record<DesiredStatus, Readonly<Record<TaskStatus, TaskCondition>>>> = {
    RUNNING: {
      PROVISIONING: "PENDING",
      PENDING: "PENDING",
      ACTIVATING: "PENDING",
      RUNNING: "HEALTHY",
      DEACTIVATING: "LEAVING",
      STOPPING: "LEAVING",
      DEPROVISIONING: "LEAVING",
      STOPPED: "STOPPED",
    },
    STOPPED: {
      PROVISIONING: "LEAVING",
      PENDING: "LEAVING",
      ACTIVATING: "LEAVING",
      RUNNING: "LEAVING",
      DEACTIVATING: "LEAVING",
      STOPPING: "LEAVING",
      DEPROVISIONING: "LEAVING",
      STOPPED: "STOPPED",
    },
  };

  test.each(
    TASK_STATUSES.flatMap((lastStatus) =>
      (["RUNNING", "STOPPED"] as const).map((desiredStatus) => ({ lastStatus, desiredStatus })),
    ),
  )("$lastStatus, desired $desiredStatus", ({ lastStatus, desiredStatus }) => {
    const task = aTask({ lastStatus, desiredStatus, startedAt: 0 });
    expect(assessTask(task, rules, NOW)).toEqual({
      condition: EXPECTED[desiredStatus][lastStatus],
    });
  });

  test("is WARMING until it ran for long enough", () => {
    const task = aTask({ lastStatus: "RUNNING", startedAt: 70 });
    const assess = (healthyAfterMs: number) => assessTask(task, { ...rules, healthyAfterMs }, NOW);
    expect(assess(30)).toEqual({ condition: "HEALTHY" });
    expect(assess(31)).toEqual({ condition: "WARMING", changesAt: 101 });
  });
});

const assessChecked = (
  health: readonly (HealthStatus | undefined)[],
  overrides: Partial<HealthRules> = {},
) =>
  assessTask(
    aTask({
      lastStatus: "RUNNING",
      startedAt: 70,
      containers: ["main", "proxy", "sidecar"].map((name, index) =>
        aTaskContainer({ name, ...(health[index] && { healthStatus: health[index] }) }),
      ),
    }),
    { ...rules, checkedContainers: { "web:1": ["main", "proxy"] }, ...overrides },
    NOW,
  );

describe("with health checks of main and proxy, while there is also a sidecar", () => {
  test.each<{ health: (HealthStatus | undefined)[]; expected: TaskCondition }>([
    { health: ["HEALTHY", "HEALTHY"], expected: "HEALTHY" },
    { health: ["HEALTHY", "HEALTHY", "UNHEALTHY"], expected: "HEALTHY" },
    { health: ["HEALTHY", "UNHEALTHY"], expected: "UNHEALTHY" },
    { health: [undefined, "UNHEALTHY"], expected: "UNHEALTHY" },
    { health: ["HEALTHY", "UNKNOWN"], expected: "WARMING" },
    { health: ["HEALTHY", undefined], expected: "WARMING" },
    { health: [], expected: "WARMING" },
  ])("$health is $expected", ({ health, expected }) => {
    expect(assessChecked(health)).toEqual({ condition: expected });
  });

  test("is HEALTHY as soon as the checks say so, however young", () => {
    expect(assessChecked(["HEALTHY", "HEALTHY"], { healthyAfterMs: 1000 })).toEqual({
      condition: "HEALTHY",
    });
  });

  test("is not UNHEALTHY before the grace period is over", () => {
    expect(assessChecked(["UNHEALTHY"], { gracePeriodMs: 31 })).toEqual({
      condition: "WARMING",
      changesAt: 101,
    });
    expect(assessChecked(["UNHEALTHY"], { gracePeriodMs: 30 })).toEqual({ condition: "UNHEALTHY" });
  });
});
