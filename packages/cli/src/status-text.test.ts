import { expect, test } from "vitest";
import { statusText } from "./status-text.ts";
import type { ClusterSurvey } from "./survey.ts";

const processes = {
  endpoint: "http://127.0.0.1:23784",
  supervisorPid: 1,
  processes: [
    { name: "control-plane", pid: 4711, restarts: 0 },
    { name: "agent-1", restarts: 3 },
  ],
};

const arn = (id: string) => `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`;

const survey: ClusterSurvey = {
  cluster: "default",
  runningTasks: 1,
  pendingTasks: 0,
  containerInstances: [
    {
      containerInstanceArn: arn("a1"),
      status: "ACTIVE",
      agentConnected: false,
      availabilityZone: "us-east-1a",
      runningTasks: 1,
      pendingTasks: 0,
    },
  ],
  services: [
    {
      service: "web",
      desiredCount: 3,
      runningCount: 1,
      pendingCount: 0,
      rolloutState: "IN_PROGRESS",
      waiting: [
        {
          deploymentId: "ecs-svc/1",
          since: "2026-01-01T00:00:00.000Z",
          count: 2,
          instances: [
            { containerInstanceArn: arn("a1"), reason: "RESOURCE:PORTS", detail: "8080 is taken" },
          ],
        },
      ],
    },
  ],
};

test("shows what runs, what is away, and why tasks wait", () => {
  expect(statusText(processes, [survey])).toBe(
    `
Endpoint http://127.0.0.1:23784

PROCESS        PID       RESTARTS
control-plane  4711      0
agent-1        starting  3

Cluster default: 1 tasks running, 0 pending
  CONTAINER INSTANCE  ZONE        STATUS  AGENT  RUNNING  PENDING
  a1                  us-east-1a  ACTIVE  away   1        0
  SERVICE  DESIRED  RUNNING  PENDING  ROLLOUT
  web      3        1        0        IN_PROGRESS
  web: 2 waiting since 2026-01-01T00:00:00.000Z
    a1: RESOURCE:PORTS: 8080 is taken`.trim(),
  );
});
