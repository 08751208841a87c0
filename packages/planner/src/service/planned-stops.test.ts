import {
  aServiceSnapshot,
  aServiceTask,
  brief,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const pending = aServiceTask(1, 1, "PENDING");
const snapshot = aServiceSnapshot({
  service: { desiredCount: 1, deployments: [rollingOut(2), superseded(1)] },
  tasks: [pending, aServiceTask(2, 2, "PENDING")],
});

test("a stop that was decided before its task ran holds while it does not", () => {
  const { service } = planService(snapshot);
  expect(service.plannedStops).toMatchObject([{ taskId: pending.id, beforeRunning: true }]);
  expect(brief(planService({ ...snapshot, service }))).toEqual(["stop 1"]);
});

test("a stop that was decided before its task ran is taken back once it runs and is needed", () => {
  const { service } = planService(snapshot);
  const tasks = [aServiceTask(1, 1), aServiceTask(2, 2, "PENDING")];
  expect(brief(planService({ ...snapshot, service, tasks }))).toEqual([]);
});

test("a stop that was decided of a running task holds", () => {
  const tasks = [aServiceTask(1, 1), aServiceTask(2, 2)];
  const { service } = planService({ ...snapshot, tasks });
  expect(service.plannedStops?.[0]).not.toHaveProperty("beforeRunning");
  expect(brief(planService({ ...snapshot, service, tasks }))).toEqual(["stop 1"]);
});
