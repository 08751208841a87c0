import type { Service } from "@berth/domain/service";
import type { TaskSet } from "@berth/domain/task-set";
import { aService } from "./builders.ts";
import { deploymentId } from "./service-snapshots.ts";

/** The task set of `web:REVISION`, as wide as its service and STABILIZING; its tasks are `aServiceTask`s. */
export const aTaskSet = (revision: number, overrides: Partial<TaskSet> = {}): TaskSet => ({
  id: deploymentId(revision),
  status: "ACTIVE",
  taskDefinition: `web:${revision}`,
  launchType: "EC2",
  scale: 100,
  tags: [],
  createdAt: 0,
  updatedAt: 0,
  stabilityStatus: "STABILIZING",
  stabilityStatusAt: 0,
  failures: { failedTasks: 0 },
  requestHash: "",
  ...overrides,
});

/** A service of two tasks whose deployments an outside controller makes; it has no task sets yet. */
export function anExternalService(overrides: Partial<Service> = {}): Service {
  const { taskDefinition: _, ...service } = aService();
  return {
    ...service,
    desiredCount: 2,
    deployments: [],
    taskSets: [],
    kept: { deploymentController: { type: "EXTERNAL" } },
    ...overrides,
  };
}
