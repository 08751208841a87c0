import type { Task } from "@berth/domain/task";
import { instanceId } from "@berth/testing/builders";
import { aDaemonInstance, on, plan, snapshotOf, three } from "@berth/testing/daemon-snapshots";
import {
  aPlannedStart,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import type { DaemonInstance } from "./daemon-instances.ts";
import { planService } from "./plan-service.ts";

describe("a DAEMON service", () => {
  test.each<{
    name: string;
    tasks: readonly Task[];
    instances?: readonly DaemonInstance[];
    starts?: readonly number[];
    stops?: readonly number[];
  }>([
    { name: "starts one on every instance", tasks: [], starts: [1, 2, 3] },
    { name: "starts one where there is none", tasks: [on(1), on(3)], starts: [2] },
    { name: "rests where there is one on each", tasks: [on(1), on(2), on(3)] },
    {
      name: "starts one on an instance that joined",
      tasks: [on(1), on(2), on(3)],
      instances: [...three, aDaemonInstance(4)],
      starts: [4],
    },
    {
      name: "starts none where the agent is away, and leaves there what runs",
      tasks: [on(1)],
      instances: [1, 2].map((number) => aDaemonInstance(number, { agentConnected: false })),
    },
    {
      name: "starts none on a draining instance or an unsuitable one",
      tasks: [],
      instances: [
        aDaemonInstance(1, { status: "DRAINING" }),
        aDaemonInstance(2, { isSuitable: false }),
      ],
    },
    {
      name: "stops its task where the instance suits it no more",
      tasks: [on(1), on(2)],
      instances: [aDaemonInstance(1), aDaemonInstance(2, { isSuitable: false })],
      stops: [2],
    },
    {
      name: "outlasts the tasks of other services on a draining instance",
      tasks: [on(1, { draining: true }), on(2)],
      instances: [aDaemonInstance(1, { status: "DRAINING", replicaCount: 1 }), aDaemonInstance(2)],
    },
    {
      name: "goes last from a draining instance",
      tasks: [on(1, { draining: true }), on(2)],
      instances: [aDaemonInstance(1, { status: "DRAINING" }), aDaemonInstance(2)],
      stops: [1],
    },
    {
      name: "stays on an instance that drains no more, whatever its mark says",
      tasks: [on(1, { draining: true }), on(2)],
      instances: [aDaemonInstance(1), aDaemonInstance(2)],
    },
    {
      name: "waits for a task that is leaving before it starts the next one there",
      tasks: [on(1, { desiredStatus: "STOPPED" })],
      instances: [aDaemonInstance(1)],
    },
    {
      name: "stops the lesser of two on one instance",
      tasks: [on(1), on(2, {}, { status: "PENDING", instance: 1 })],
      instances: [aDaemonInstance(1)],
      stops: [2],
    },
    {
      name: "leaves alone what is on an instance that is gone: it is about to be declared STOPPED",
      tasks: [on(1), on(9)],
      instances: [aDaemonInstance(1)],
    },
  ])("$name", ({ tasks, instances, starts = [], stops = [] }) => {
    expect(plan(tasks, instances)).toEqual({ starts, stops });
  });

  test("wants as many as there are instances to have one", () => {
    const instances = [
      aDaemonInstance(1),
      aDaemonInstance(2, { agentConnected: false }),
      aDaemonInstance(3, { agentConnected: false }),
      aDaemonInstance(4, { status: "DRAINING" }),
      aDaemonInstance(5, { isSuitable: false }),
    ];
    expect(planService(snapshotOf([on(2)], instances)).service.desiredCount).toBe(2);
  });

  test("looks again after a while though it is at rest", () => {
    expect(planService(snapshotOf([on(1), on(2), on(3)])).wakeAt).toBe(NOW + 60_000);
  });

  test("ignores protection, for it never scales in", () => {
    const tasks = [on(1, { protectedUntil: NOW + 1 })];
    expect(plan(tasks, [aDaemonInstance(1, { isSuitable: false })]).stops).toEqual([1]);
  });

  test("drops a planned start whose instance is no longer wanted, and starts nothing beside it", () => {
    const planned = aPlannedStart(1, 9, { containerInstanceId: instanceId(2), decidedAt: NOW });
    const service = { plannedStarts: [planned] };
    expect(plan([on(1)], three, service).starts).toEqual([3]);
    const gone = planService(
      snapshotOf([on(1)], [aDaemonInstance(1), aDaemonInstance(3)], service),
    );
    expect(gone.service.plannedStarts).toEqual([]);
    expect(gone.starts).toEqual([]);
    expect(gone.service.withdrawnStarts).toHaveLength(1);
  });

  test("has an UNHEALTHY task stopped first and its successor started after it", () => {
    const checked = { checkedContainers: { "web:1": ["main"] } };
    const sick = withHealth(on(1), "UNHEALTHY");
    const well = [on(2), on(3)].map((task) => withHealth(task, "HEALTHY"));
    expect(plan([sick, ...well], three, {}, checked)).toEqual({ starts: [], stops: [1] });
    expect(plan(well, three, {}, checked)).toEqual({ starts: [1], stops: [] });
  });
});

describe("rolling a DAEMON service", () => {
  const deployments = [rollingOut(2), superseded(1)];
  const old = [on(1), on(2), on(3)];
  const within = (minimumHealthyPercent: number) => ({
    deployments,
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 100 },
  });

  test.each([
    { minimumHealthyPercent: 0, count: 3 },
    { minimumHealthyPercent: 50, count: 1 },
    { minimumHealthyPercent: 34, count: 1 },
    { minimumHealthyPercent: 33, count: 2 },
  ])("stops $count of 3 at $minimumHealthyPercent %", ({ minimumHealthyPercent, count }) => {
    const { starts, stops } = plan(old, three, within(minimumHealthyPercent));
    expect(stops).toHaveLength(count);
    expect(starts).toEqual([]);
  });

  test("starts where one has gone, and stops no other while the floor needs it", () => {
    expect(plan(old.slice(1), three, within(50))).toEqual({ starts: [1], stops: [] });
    const next = [on(4, {}, { revision: 2, status: "PENDING", instance: 1 }), ...old.slice(1)];
    expect(plan(next, three, within(50))).toEqual({ starts: [], stops: [] });
    const ran = [on(4, {}, { revision: 2, instance: 1 }), ...old.slice(1)];
    expect(plan(ran, three, within(50)).stops).toHaveLength(1);
  });

  test("stops nothing whose successor could not start now", () => {
    const throttled = [rollingOut(2, { throttledUntil: NOW + 1 }), superseded(1)];
    expect(plan(old, three, { deployments: throttled })).toEqual({ starts: [], stops: [] });
  });

  test("completes when every instance has its new task, a draining one left aside", () => {
    const fresh = [1, 2].map((number) => on(number, {}, { revision: 2 }));
    const draining = aDaemonInstance(3, { status: "DRAINING", replicaCount: 1 });
    const { service } = planService(
      snapshotOf([...fresh, on(3, { draining: true })], [...three.slice(0, 2), draining], {
        deployments,
      }),
    );
    expect(service.deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
    expect(service).toMatchObject({ steady: true, desiredCount: 2 });
  });

  test("is failed and rolled back by the circuit breaker", () => {
    const { service } = planService(
      snapshotOf([on(2), on(3)], three, {
        deployments: [rollingOut(2, { failedTasks: 3 }), superseded(1)],
        deploymentConfiguration: {
          minimumHealthyPercent: 0,
          maximumPercent: 100,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
      }),
    );
    expect(service.deployments).toMatchObject([
      { taskDefinition: "web:1", rolloutState: "IN_PROGRESS" },
      { taskDefinition: "web:2", rolloutState: "FAILED" },
    ]);
  });
});

test("a DAEMON service that is deleted stops everywhere", () => {
  expect(plan([on(1), on(2)], three, { status: "DRAINING" }).stops).toEqual([1, 2]);
});
