import type { PlacementNow, ServiceExplanation } from "@berth/contracts/rest/explanation";
import { expect, test } from "vitest";
import { whyServiceText } from "./why-service-text.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000";
const instanceArn = (number: number) => `${ARN}:container-instance/default/i${number}`;
const AT = "2026-01-01T00:00:01.000Z";

const service: ServiceExplanation = {
  service: "web",
  serviceArn: `${ARN}:service/default/web`,
  status: "ACTIVE",
  desiredCount: 2,
  runningCount: 1,
  pendingCount: 0,
  progress: [{ kind: "unplaced", text: "1 task finds no container instance.", since: AT }],
  deployments: [
    {
      id: "ecs-svc/1",
      status: "PRIMARY",
      taskDefinition: `${ARN}:task-definition/web:1`,
      rolloutState: "IN_PROGRESS",
      rolloutStateReason: "ECS deployment ecs-svc/1 in progress.",
      failedTasks: 2,
      failureThreshold: 3,
    },
  ],
  serviceDeployments: [
    {
      serviceDeploymentArn: `${ARN}:service-deployment/default/web/abc`,
      deploymentId: "ecs-svc/0",
      status: "ROLLBACK_SUCCESSFUL",
      statusReason: "The circuit breaker has tripped.",
      createdAt: AT,
      failureCount: 3,
    },
    {
      serviceDeploymentArn: `${ARN}:service-deployment/default/web/abd`,
      deploymentId: "ecs-svc/2",
      status: "ROLLBACK_SUCCESSFUL",
      statusReason: "An alarm was detected.",
      createdAt: AT,
      triggeredAlarms: ["errors", "latency"],
    },
  ],
  waiting: [],
  placements: [],
  events: [],
};

test("shows the task sets of a service that has such", () => {
  const text = whyServiceText({
    ...service,
    deployments: [],
    taskSets: [
      {
        id: "ecs-svc/2",
        externalId: "green",
        status: "ACTIVE",
        taskDefinition: `${ARN}:task-definition/web:2`,
        scale: 50,
        computedDesiredCount: 2,
        runningCount: 1,
        pendingCount: 1,
        stabilityStatus: "STABILIZING",
        stabilityStatusAt: AT,
        failedTasks: 3,
      },
    ],
  });
  expect(text).toContain(
    `Task sets\n  ecs-svc/2 (green) ACTIVE web:2 at 50 %, 2 desired, 1 running, 1 pending: STABILIZING since ${AT}. 3 failed starts in a row.`,
  );
  expect(text).not.toContain("Deployments");
});

const removed = {
  reason: "RESOURCE:CPU",
  count: 5,
  examples: [1, 2, 3, 4].map((number) => ({
    containerInstanceArn: instanceArn(number),
    reason: "RESOURCE:CPU",
    detail: `detail ${number}`,
  })),
};

const nowhere: PlacementNow = {
  deploymentId: "ecs-svc/1",
  considered: 5,
  removed: [removed],
  fittingCount: 0,
  ranked: [],
  counterfactuals: [
    {
      text: "with cpu <= 9 units, on container instance i1",
      containerInstanceArn: instanceArn(1),
      change: { kind: "amount" },
    },
  ],
};

test("shows what a service is about, what placement says, and who changed it", () => {
  const latestChange = { at: AT, text: "Alice asked.", cause: { kind: "serviceChange" } };
  const events = [{ createdAt: AT, message: "(service web) was unable to place a task." }];
  expect(whyServiceText({ ...service, placements: [nowhere], latestChange, events })).toBe(
    `
Service web: ACTIVE, 2 desired, 1 running, 0 pending
Now
  1 task finds no container instance. (since 2026-01-01T00:00:01.000Z)
Deployments
  ecs-svc/1 PRIMARY web:1 IN_PROGRESS: ECS deployment ecs-svc/1 in progress. 2 failed tasks in a row, 3 fail the deployment.
Verdicts of deployments
  2026-01-01T00:00:01.000Z ecs-svc/0 ROLLBACK_SUCCESSFUL (3 failed tasks): The circuit breaker has tripped.
  2026-01-01T00:00:01.000Z ecs-svc/2 ROLLBACK_SUCCESSFUL: An alarm was detected. In ALARM: errors, latency.
Placement for ecs-svc/1: none of 5 ACTIVE container instances takes the next task
  5 RESOURCE:CPU
    i1: detail 1
    i2: detail 2
    i3: detail 3
    and 2 more
  would fit with cpu <= 9 units, on container instance i1
Last changed
  2026-01-01T00:00:01.000Z Alice asked.
Latest events
  2026-01-01T00:00:01.000Z (service web) was unable to place a task.
`.trim(),
  );
});

test("leaves out what there is nothing of", () => {
  const [deployment] = service.deployments;
  if (!deployment) throw new Error("there is no deployment");
  const { failureThreshold: _, ...unwatched } = deployment;
  const text = whyServiceText({
    ...service,
    progress: [{ kind: "warming", text: "1 task RUNNING.", until: AT }],
    deployments: [{ ...unwatched, failedTasks: 0 }],
    serviceDeployments: [],
  });
  expect(text).toBe(
    `
Service web: ACTIVE, 2 desired, 1 running, 0 pending
Now
  1 task RUNNING. (until 2026-01-01T00:00:01.000Z at the latest)
Deployments
  ecs-svc/1 PRIMARY web:1 IN_PROGRESS: ECS deployment ecs-svc/1 in progress.
`.trim(),
  );
});

test("says where the next task fits now, and where nothing single would help", () => {
  const placed = { ...nowhere, fittingCount: 2, removed: [], counterfactuals: [] };
  expect(whyServiceText({ ...service, placements: [placed] })).toContain(
    "Placement for ecs-svc/1: 2 of 5 ACTIVE container instances take the next task now",
  );
  const hopeless = { ...nowhere, counterfactuals: [] };
  expect(whyServiceText({ ...service, placements: [hopeless] })).toContain(
    "  no single change would make it fit",
  );
});
