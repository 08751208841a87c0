import type { Deployment, DeploymentCircuitBreaker } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  deploymentId,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { failureThreshold } from "./circuit-breaker.ts";
import { planService } from "./plan-service.ts";
import type { ServiceSettings } from "./plan-service.ts";

const old = [aServiceTask(1, 1), aServiceTask(1, 2)];
const oneOld = old.slice(0, 1);

const plan = ({
  breaker = { enable: true, rollback: true },
  deployments = [rollingOut(2, { failedTasks: 3, lastFailedAt: 1 }), superseded(1)],
  tasks = old,
  countedFailures = [],
  checkedContainers = {},
  settings = {},
  now = NOW,
}: {
  readonly breaker?: DeploymentCircuitBreaker;
  readonly deployments?: readonly Deployment[];
  readonly tasks?: readonly Task[];
  readonly countedFailures?: readonly string[];
  readonly checkedContainers?: Readonly<Record<string, readonly string[]>>;
  readonly settings?: Partial<ServiceSettings>;
  readonly now?: number;
} = {}) =>
  planService(
    aServiceSnapshot({
      service: {
        taskDefinition: "web:2",
        deployments,
        countedFailures,
        plannedStarts: [aPlannedStart(2, 9)],
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: breaker,
        },
      },
      tasks,
      checkedContainers,
      now,
      settings: { ...aServiceSnapshot().settings, ...settings },
    }),
  );

describe("the threshold", () => {
  test.each([
    [0, 3],
    [1, 3],
    [6, 3],
    [7, 4],
    [25, 13],
    [400, 200],
    [5000, 200],
  ])("of %i desired tasks is %i", (desiredCount, expected) => {
    expect(failureThreshold(desiredCount)).toBe(expected);
  });

  test.each([
    { type: "COUNT", value: 1, desiredCount: 400, expected: 1 },
    { type: "COUNT", value: 500, desiredCount: 1, expected: 500 },
    { type: "BOUNDED_PERCENT", value: 10, desiredCount: 100, expected: 10 },
    { type: "BOUNDED_PERCENT", value: 1, desiredCount: 100, expected: 3 },
    { type: "BOUNDED_PERCENT", value: 100, desiredCount: 400, expected: 200 },
    { type: "UNBOUNDED_PERCENT", value: 10, desiredCount: 11, expected: 2 },
    { type: "UNBOUNDED_PERCENT", value: 100, desiredCount: 400, expected: 400 },
    { type: "UNBOUNDED_PERCENT", value: 50, desiredCount: 0, expected: 1 },
  ] as const)(
    "as $type $value of $desiredCount is $expected",
    ({ desiredCount, expected, ...c }) => {
      expect(failureThreshold(desiredCount, c)).toBe(expected);
    },
  );

  test("is what the service says", () => {
    const breaker = { enable: true, rollback: true, thresholdConfiguration: COUNT_OF_4 };
    const failedTasks = (count: number) =>
      plan({ breaker, deployments: [rollingOut(2, { failedTasks: count }), superseded(1)] });
    expect(failedTasks(3).service.taskDefinition).toBe("web:2");
    expect(failedTasks(4).service.taskDefinition).toBe("web:1");
  });
});

const COUNT_OF_4 = { type: "COUNT", value: 4 } as const;
const COUNT_OF_1 = { type: "COUNT", value: 1 } as const;

describe("with rollback", () => {
  test("makes the latest COMPLETED deployment PRIMARY again", () => {
    const { service } = plan({ tasks: oneOld });
    expect(service.taskDefinition).toBe("web:1");
    expect(service.deployments).toEqual([
      superseded(1, {
        status: "PRIMARY",
        rolloutState: "IN_PROGRESS",
        rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${deploymentId(1)}.`,
        updatedAt: NOW,
      }),
      rollingOut(2, {
        status: "ACTIVE",
        rolloutState: "FAILED",
        rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
        failedTasks: 3,
        lastFailedAt: 1,
        updatedAt: NOW,
      }),
    ]);
  });

  test("tells both, and drops what was planned of the failed one", () => {
    const { events, service } = plan({ tasks: oneOld });
    expect(events).toEqual([
      "(service web) (deployment ecs-svc/0000000000000000002) deployment failed: tasks failed to start.",
      "(service web) rolling back to deployment ecs-svc/0000000000000000001.",
    ]);
    expect(service.plannedStarts).toEqual([]);
  });

  test("holds nothing against the deployment gone back to that befell it before", () => {
    const sick = withHealth(aServiceTask(1, 1), "UNHEALTHY");
    const given = { tasks: [sick], checkedContainers: { "web:1": ["main"] } };
    const breaker = { enable: true, rollback: true, thresholdConfiguration: COUNT_OF_1 };
    const { service } = plan({ ...given, breaker });
    expect(service.countedFailures).toEqual([sick.id]);
    const { deployments, countedFailures } = service;
    const next = plan({ ...given, breaker, deployments, countedFailures });
    expect(next.service.deployments[0]).toMatchObject({
      taskDefinition: "web:1",
      rolloutState: "IN_PROGRESS",
      failedTasks: 0,
    });
  });

  test("is over once all tasks are those of the deployment gone back to", () => {
    const { service } = plan({ deployments: plan({ tasks: oneOld }).service.deployments });
    expect(service.deployments.map((each) => each.rolloutState)).toEqual(["COMPLETED"]);
    expect(service.steady).toBe(true);
  });

  test("stops the PENDING tasks of the failed one and starts those missing", () => {
    const tasks = [aServiceTask(1, 1), aServiceTask(2, 3, "PENDING")];
    expect(brief(plan({ tasks }))).toEqual(["start 1", "stop 3"]);
  });

  test("stays where there is none to go back to", () => {
    const deployments = [rollingOut(2, { failedTasks: 3 }), rollingOut(1, { status: "ACTIVE" })];
    const { service, starts } = plan({ deployments });
    expect(service.deployments.map((each) => each.rolloutState)).toEqual(["FAILED", "IN_PROGRESS"]);
    expect(starts).toEqual([]);
  });
});

describe("without rollback", () => {
  const breaker = { enable: true, rollback: false };

  test("fails the deployment, starts no more of it, and keeps the old tasks", () => {
    const result = plan({ breaker });
    expect(brief(result)).toEqual([]);
    expect(result.service.taskDefinition).toBe("web:2");
    expect(result.service.plannedStarts).toEqual([]);
    expect(result.service.deployments.map((each) => each.rolloutState)).toEqual([
      "FAILED",
      "COMPLETED",
    ]);
    expect(result.events).toEqual([
      "(service web) (deployment ecs-svc/0000000000000000002) deployment failed: tasks failed to start.",
    ]);
  });

  test("tells it once, and never completes what FAILED", () => {
    const { service } = plan({ breaker });
    const snapshot = aServiceSnapshot({ service, tasks: old });
    const again = planService(snapshot);
    expect(again.service).toBe(snapshot.service);
    expect(again.events).toEqual([]);
  });
});

test("a deployment that FAILED does not complete by being scaled to nothing", () => {
  const deployments = [rollingOut(2, { rolloutState: "FAILED" })];
  const { service, events } = planService(
    aServiceSnapshot({ service: { desiredCount: 0, deployments } }),
  );
  expect(service).toMatchObject({ steady: false, deployments });
  expect(events).toEqual([]);
});

describe("does not trip", () => {
  test.each([
    { name: "where it is off", breaker: { enable: false, rollback: true } },
    {
      name: "below the threshold",
      deployments: [rollingOut(2, { failedTasks: 2 }), superseded(1)],
    },
    {
      name: "once a task of the deployment is healthy after the failures",
      tasks: [...old, aServiceTask(2, 3, "RUNNING", { startedAt: 1 })],
    },
    {
      name: "after completion",
      deployments: [superseded(1, { status: "PRIMARY", failedTasks: 9 })],
    },
  ])("$name", (given) => {
    const { service } = plan(given);
    expect(service.deployments.map((each) => each.rolloutState)).not.toContain("FAILED");
  });
});

describe("trips although a task of the deployment runs", () => {
  test.each([
    {
      name: "that has not yet proven healthy",
      tasks: [...old, aServiceTask(2, 3, "RUNNING", { startedAt: NOW - 39_999 })],
    },
    { name: "from before the failures", tasks: [...old, aServiceTask(2, 3)] },
  ])("$name", (given) => {
    const { service } = plan({ ...given, settings: { provenAfterMs: 40_000 } });
    expect(service.deployments.map((each) => each.rolloutState)).toContain("FAILED");
  });
});

describe("while failures are watched for", () => {
  const young = aServiceTask(2, 3, "RUNNING", { startedAt: NOW - 39_999 });
  const deployments = [rollingOut(2), superseded(1)];
  const settings = { provenAfterMs: 40_000 };

  test("no old task gives way to one that may yet fail", () => {
    const tasks = [...old, young];
    expect(plan({ deployments, tasks, settings }).stops).toEqual([]);
    expect(plan({ deployments, tasks, settings }).wakeAt).toBe(NOW + 1);
    const breaker = { enable: false, rollback: false };
    expect(plan({ deployments, tasks, settings, breaker }).stops).toHaveLength(1);
  });

  test("a deployment completes when all its tasks had time to fail", () => {
    const tasks = [young, aServiceTask(2, 4)];
    const at = (now: number) => plan({ deployments, tasks, settings, now }).service;
    expect(at(NOW).deployments[0]?.rolloutState).toBe("IN_PROGRESS");
    expect(at(NOW + 1).deployments[0]?.rolloutState).toBe("COMPLETED");
  });
});
