import type { TaskMetrics, WholeClusterMetrics } from "@berth/contracts/rest/metrics";
import { expect, test } from "vitest";
import { topText } from "./top-text.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000";
const metrics: WholeClusterMetrics = {
  clusterName: "default",
  clusterArn: `${ARN}:cluster/default`,
  at: "2026-01-01T00:00:01.000Z",
  containerInstances: [
    {
      containerInstanceArn: `${ARN}:container-instance/default/i1`,
      status: "ACTIVE",
      agentConnected: true,
      runningTasksCount: 1,
      pendingTasksCount: 1,
      cpuUnits: { registered: 2048, reserved: 384, used: 614.4 },
      memoryMiB: { registered: 1024, reserved: 192, used: 128 },
    },
  ],
  services: [],
  tasks: [],
};

const task = (
  id: string,
  used: { readonly used?: number },
  lastStatus = "RUNNING",
): TaskMetrics => ({
  taskArn: `${ARN}:task/default/${id}`,
  containerInstanceArn: `${ARN}:container-instance/default/i1`,
  group: "service:web",
  lastStatus,
  cpuUnits: { reserved: 128, ...used },
  memoryMiB: { reserved: 64, ...used },
  containers: [],
});

test("shows instances, and tasks by the cpu that they use", () => {
  const tasks = [task("t1", {}, "PENDING"), task("t2", { used: 9 }), task("t3", { used: 10.5 })];
  expect(topText({ ...metrics, tasks })).toBe(
    `Cluster default: cpu in units of a core's 1024th, memory in MiB

CONTAINER INSTANCE  STATUS  AGENT      TASKS  CPU USED  RESERVED  OF    MEMORY USED  RESERVED  OF
i1                  ACTIVE  connected  2      614.4     384       2048  128          192       1024

TASK  GROUP        STATUS   CONTAINER INSTANCE  CPU USED  RESERVED  MEMORY USED  RESERVED
t3    service:web  RUNNING  i1                  10.5      128       10.5         64
t2    service:web  RUNNING  i1                  9         128       9            64
t1    service:web  PENDING  i1                  -         128       -            64`,
  );
});

test("says where there is nothing", () => {
  expect(topText(metrics)).toContain("There are no tasks.");
  expect(topText({ ...metrics, containerInstances: [] })).toContain(
    "There are no container instances.",
  );
});
