import { describe, expect, test } from "vitest";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aDeployment,
  aReservation,
  aService,
  aServiceDeployment,
  aTask,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { aTaskSet } from "@berth/testing/task-sets";
import { explainService } from "./explain-service.ts";

const refusal = (number: number, reason: string) => ({
  containerInstanceId: instanceId(number),
  reason,
  detail: `about ${number}`,
});

const aStart = (number: number, since: number, candidates: ReturnType<typeof refusal>[]) => ({
  taskId: taskId("service:web", number),
  deploymentId: "ecs-svc/1",
  decidedAt: 0,
  unplaced: { since, candidates },
});

async function aClusterWithService(service: Partial<Service>, tasks: readonly Task[] = []) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const deployments = [aDeployment({ id: "ecs-svc/1" })];
  await controlPlane.store.services.create(aService({ deployments, ...service }));
  for (const task of tasks) await controlPlane.store.tasks.create(task);
  return controlPlane;
}

const explain = async (service: Partial<Service>, tasks?: readonly Task[]) =>
  explainService(await aClusterWithService(service, tasks), { service: "web" });

describe("explainService", () => {
  test("tells of each task set how wide it is, how it fares, and what its starts lack", async () => {
    const failures = { failedTasks: 2, failedRounds: 1, throttledUntil: 60_000 };
    const { deployments, taskSets, placements, progress } = await explain({
      desiredCount: 4,
      deployments: [],
      taskSets: [
        aTaskSet(2, { id: "ecs-svc/2", taskDefinition: "web:1", externalId: "green", failures }),
        aTaskSet(1, { id: "ecs-svc/1", scale: 25, stabilityStatus: "STEADY_STATE" }),
      ],
      plannedStarts: [{ ...aStart(1, 5_000, [refusal(1, "AGENT")]), deploymentId: "ecs-svc/2" }],
    });
    expect(deployments).toEqual([]);
    expect(taskSets).toEqual([
      {
        id: "ecs-svc/2",
        externalId: "green",
        status: "ACTIVE",
        taskDefinition: "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1",
        scale: 100,
        computedDesiredCount: 4,
        runningCount: 0,
        pendingCount: 0,
        stabilityStatus: "STABILIZING",
        stabilityStatusAt: "1970-01-01T00:00:00.000Z",
        failedTasks: 2,
        throttledUntil: "1970-01-01T00:01:00.000Z",
      },
      expect.objectContaining({ id: "ecs-svc/1", scale: 25, computedDesiredCount: 1 }),
    ]);
    expect(placements.map(({ deploymentId }) => deploymentId)).toEqual(["ecs-svc/2"]);
    expect(progress[0]).toMatchObject({
      kind: "unplaced",
      text: expect.stringMatching(/^Task set ecs-svc\/2: 1 task finds no container instance/),
    });
  });

  test("says of nothing that is deleted that it waits, before the next pass drops its starts", async () => {
    const plannedStarts = [aStart(1, 5_000, [refusal(1, "AGENT")])];
    const deleted = await explain({ plannedStarts, status: "DRAINING", desiredCount: 0 });
    expect(deleted).toMatchObject({ waiting: [], placements: [], progress: [{ kind: "removed" }] });
    const taskSets = [aTaskSet(1, { id: "ecs-svc/1", status: "DRAINING" })];
    const ofSet = await explain({ plannedStarts, deployments: [], taskSets });
    expect(ofSet).toMatchObject({ waiting: [], placements: [], progress: [{ kind: "removed" }] });
  });

  test("tells since when and why tasks wait, those alike together", async () => {
    const ports = [refusal(1, "RESOURCE:PORTS"), refusal(2, "AGENT")];
    const { waiting, desiredCount } = await explain({
      desiredCount: 6,
      plannedStarts: [
        aStart(1, 5_000, ports),
        aStart(2, 3_000, ports),
        aStart(3, 4_000, [refusal(1, "RESOURCE:CPU")]),
        { taskId: taskId("service:web", 4), deploymentId: "ecs-svc/1", decidedAt: 0 },
      ],
    });
    const arn = (number: number) =>
      `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(number)}`;
    expect(desiredCount).toBe(6);
    expect(waiting).toEqual([
      {
        deploymentId: "ecs-svc/1",
        since: "1970-01-01T00:00:03.000Z",
        count: 2,
        instances: [
          { containerInstanceArn: arn(1), reason: "RESOURCE:PORTS", detail: "about 1" },
          { containerInstanceArn: arn(2), reason: "AGENT", detail: "about 2" },
        ],
      },
      {
        deploymentId: "ecs-svc/1",
        since: "1970-01-01T00:00:04.000Z",
        count: 1,
        instances: [{ containerInstanceArn: arn(1), reason: "RESOURCE:CPU", detail: "about 1" }],
      },
    ]);
  });

  test("tells how deployments fare and until when starts are held back", async () => {
    const { deployments } = await explain({
      deployments: [aDeployment({ failedTasks: 3, throttledUntil: 60_000 })],
    });
    expect(deployments).toMatchObject([
      { status: "PRIMARY", failedTasks: 3, throttledUntil: "1970-01-01T00:01:00.000Z" },
    ]);
  });

  test("counts its tasks, and tells what they are about and who asked for them", async () => {
    const latestChange = {
      at: 60_000,
      operation: "UpdateService" as const,
      requestId: "r-1",
      principalArn: "arn:aws:iam::123456789012:user/alice",
      desiredCount: 2,
    };
    const startedBy = "ecs-svc/1";
    const { progress, ...explained } = await explain({ desiredCount: 2, latestChange }, [
      aTask({ startedBy }),
      aTask({
        id: taskId("service:web", 2),
        startedBy,
        lastStatus: "RUNNING",
        startedAt: 0,
      }),
    ]);
    expect(explained).toMatchObject({ status: "ACTIVE", runningCount: 1, pendingCount: 1 });
    expect(explained.latestChange).toMatchObject({
      at: "1970-01-01T00:01:00.000Z",
      text: "UpdateService by arn:aws:iam::123456789012:user/alice (request r-1) set the desired count to 2.",
    });
    expect(progress).toEqual([
      { kind: "starting", text: "1 task PENDING: not started by their agents yet." },
    ]);
  });

  test("tells what placement says of the next task now, and what would change that", async () => {
    const controlPlane = await aClusterWithService({
      plannedStarts: [aStart(1, 0, [refusal(1, "RESOURCE:MEMORY")])],
    });
    const { instances } = controlPlane.store;
    const ledger = await instances.findLedger("default", instanceId(1));
    if (!ledger) throw new Error("the instance is missing");
    const full = { [taskId("family:batch", 1)]: aReservation({ memoryMiB: 1_000 }) };
    await instances.replaceLedger({ ...ledger, reservations: full });

    const { placements } = await explainService(controlPlane, { service: "web" });

    const containerInstanceArn = `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(1)}`;
    expect(placements).toEqual([
      {
        deploymentId: "ecs-svc/1",
        considered: 1,
        fittingCount: 0,
        ranked: [],
        removed: [
          {
            reason: "RESOURCE:MEMORY",
            count: 1,
            examples: [
              {
                containerInstanceArn,
                reason: "RESOURCE:MEMORY",
                detail: "memory: needs 128 MiB, has 24 MiB free of 1024; 1000 reserved by 1 task",
              },
            ],
          },
        ],
        counterfactuals: [
          {
            text: `with memory <= 24 MiB, on container instance ${instanceId(1)}`,
            containerInstanceArn,
            change: { kind: "amount", resource: "MEMORY", amount: 24 },
          },
        ],
      },
    ]);
  });

  test("ranks the instances, where the next try will place it", async () => {
    const { placements } = await explain({ plannedStarts: [aStart(1, 0, [])] });
    expect(placements).toMatchObject([
      {
        fittingCount: 1,
        counterfactuals: [],
        ranked: [
          {
            scores: [
              { by: "spread(attribute:ecs.availability-zone)", score: 0 },
              { by: "spread(instanceId)", score: 0 },
            ],
          },
        ],
      },
    ]);
  });

  test("holds the start of a DAEMON against the instance that it is for, and no other", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane, { instanceCount: 3 });
    const start = { ...aStart(1, 0, []), containerInstanceId: instanceId(2) };
    const deployments = [aDeployment({ id: "ecs-svc/1" })];
    const daemon = { schedulingStrategy: "DAEMON", deployments, plannedStarts: [start] } as const;
    await controlPlane.store.services.create(aService(daemon));
    const { placements } = await explainService(controlPlane, { service: "web" });
    expect(placements).toMatchObject([{ considered: 1, fittingCount: 1 }]);
    expect(placements[0]?.ranked[0]?.containerInstanceArn).toContain(instanceId(2));
  });

  test("tells how deployments ended and how far the latest is, newest first, of this service only", async () => {
    const underWay = aServiceDeployment({ id: "b", createdAt: 3_000 });
    const ended = { status: "ROLLBACK_SUCCESSFUL", statusReason: "why" } as const;
    const controlPlane = await aClusterWithService({
      createdAt: 1_000,
      serviceDeployments: [underWay],
    });
    const web = { cluster: "default", name: "web" };
    for (const record of [
      aServiceDeployment({ id: "c", createdAt: 2_000, finishedAt: 1_700_000_000_000, ...ended }),
      aServiceDeployment({
        id: "d",
        createdAt: 500,
        finishedAt: 1_700_000_000_000,
        status: "SUCCESSFUL",
      }),
    ]) {
      await controlPlane.store.serviceDeployments.put(web, record);
    }
    const { serviceDeployments } = await explainService(controlPlane, { service: "web" });
    expect(serviceDeployments).toMatchObject([
      { status: "IN_PROGRESS", createdAt: "1970-01-01T00:00:03.000Z" },
      { ...ended, finishedAt: "2023-11-14T22:13:20.000Z" },
    ]);
  });

  test("does not look at the cluster where nothing waits", async () => {
    const { placements } = await explain({});
    expect(placements).toEqual([]);
  });

  test("refuses a service that is not there", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await expect(explainService(controlPlane, { service: "x" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
  });
});
