import { expect } from "vitest";
import { STAY, type Row } from "./row.ts";

const SECOND = 1_000_000_000;

/** What is known of a container's health, and of its task's. */
export const HEALTH_ROWS: readonly Row[] = [
  {
    field: "healthCheck.command",
    does: "CMD makes container and task HEALTHY",
    main: { ...STAY, healthCheck: { command: ["CMD", "true"], interval: 5 } },
    until: "HEALTHY",
    shown: { containers: [{ healthStatus: "HEALTHY" }] },
  },
  {
    field: "healthCheck.command",
    does: "CMD-SHELL runs in a shell",
    main: {
      ...STAY,
      healthCheck: { command: ["CMD-SHELL", "test $DEMO_VERSION = 1"], interval: 5 },
    },
    until: "HEALTHY",
  },
  {
    field: "healthCheck.command",
    does: "that fails makes container and task UNHEALTHY, and a task of no service stays",
    main: { ...STAY, healthCheck: { command: ["CMD", "false"], interval: 5, retries: 1 } },
    until: "UNHEALTHY",
    shown: { lastStatus: "RUNNING", containers: [{ healthStatus: "UNHEALTHY" }] },
  },
  {
    field: "healthCheck.timeout",
    does: "makes a check that hangs a failed one",
    main: {
      ...STAY,
      healthCheck: { command: ["CMD", "sleep", "100"], interval: 5, timeout: 2, retries: 1 },
    },
    until: "UNHEALTHY",
  },
  {
    field: "healthCheck",
    does: "has ECS's own times where nothing is said",
    main: { command: ["true"], healthCheck: { command: ["CMD", "true"] } },
    engine: {
      Config: {
        Healthcheck: {
          Test: ["CMD", "true"],
          Interval: 30 * SECOND,
          Timeout: 5 * SECOND,
          Retries: 3,
        },
      },
    },
  },
  {
    field: "healthCheck",
    does: "has the times that are said",
    main: {
      command: ["true"],
      healthCheck: {
        command: ["CMD", "true"],
        interval: 7,
        timeout: 6,
        retries: 2,
        startPeriod: 8,
      },
    },
    engine: {
      Config: {
        Healthcheck: {
          Interval: 7 * SECOND,
          Timeout: 6 * SECOND,
          Retries: 2,
          StartPeriod: 8 * SECOND,
        },
      },
    },
  },
  {
    field: "healthCheck",
    does: "of a container that is not essential is no part of the task's health",
    main: { ...STAY, healthCheck: { command: ["CMD", "true"], interval: 5 } },
    beside: [
      {
        ...STAY,
        name: "side",
        essential: false,
        healthCheck: { command: ["CMD", "false"], interval: 5, retries: 1 },
      },
    ],
    until: "HEALTHY",
  },
  {
    field: "healthCheck",
    does: "that nobody asked for leaves the health UNKNOWN",
    main: STAY,
    until: "RUNNING",
    look: ({ task, engine }) => {
      expect(task.healthStatus).toBe("UNKNOWN");
      expect(engine.get("main")?.State.Health).toBeUndefined();
    },
  },
];
