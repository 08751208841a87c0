import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  rollingOut,
  superseded,
  withHealth,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const old = (number: number, status?: Task["lastStatus"], overrides?: Partial<Task>) =>
  aServiceTask(1, number, status, overrides);
const fresh = (number: number, status?: Task["lastStatus"], overrides?: Partial<Task>) =>
  aServiceTask(2, number, status, overrides);

const pendingFresh = (number: number) => fresh(number, "PENDING");

const within = (minimumHealthyPercent: number, maximumPercent: number) => ({
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
});

const rollOut = (
  deploymentConfiguration: Pick<Service, "deploymentConfiguration">,
  desiredCount: number,
  tasks: readonly Task[],
) =>
  brief(
    planService(
      aServiceSnapshot({
        service: {
          desiredCount,
          deployments: [rollingOut(2), superseded(1)],
          ...deploymentConfiguration,
        },
        tasks,
      }),
    ),
  );

describe("rolling update, minimumHealthyPercent 100, maximumPercent 200", () => {
  test.each([
    { name: "starts every task of a new service", tasks: [], expected: ["start 2"] },
    {
      name: "starts a full set beside the old one first",
      tasks: [old(1), old(2)],
      expected: ["start 2"],
    },
    {
      name: "waits while the new ones are PENDING",
      tasks: [old(1), old(2), fresh(3, "PENDING"), fresh(4, "ACTIVATING")],
      expected: [],
    },
    {
      name: "swaps as many as are RUNNING",
      tasks: [old(1), old(2), fresh(3), fresh(4, "PENDING")],
      expected: ["stop 1"],
    },
    {
      name: "does not stop another one while the first is leaving",
      tasks: [old(1, "RUNNING", { desiredStatus: "STOPPED" }), old(2), fresh(3)],
      expected: ["start 1"],
    },
    {
      name: "stops PENDING old ones at once",
      tasks: [old(1), old(2, "PENDING")],
      expected: ["start 2", "stop 2"],
    },
    {
      name: "counts tasks that are STOPPING until they have left",
      tasks: [
        old(1, "STOPPING", { desiredStatus: "STOPPED" }),
        old(2, "RUNNING", { desiredStatus: "STOPPED" }),
        fresh(3),
      ],
      expected: ["start 1"],
    },
    { name: "is empty once converged", tasks: [fresh(3), fresh(4)], expected: [] },
    {
      name: "stops tasks of a deployment that is not listed any more",
      tasks: [aServiceTask(7, 9), fresh(3), fresh(4)],
      expected: ["stop 9"],
    },
  ])("$name", ({ tasks, expected }) => {
    expect(rollOut(within(100, 200), 2, tasks)).toEqual(expected);
  });
});

describe("rolling update in narrower corridors", () => {
  test.each([
    {
      name: "50/100 stops down to the floor first",
      bounds: within(50, 100),
      tasks: [old(1), old(2), old(3), old(4)],
      expected: ["stop 1", "stop 2"],
    },
    {
      name: "0/125 counts those that are swapped among those that make room",
      bounds: within(0, 125),
      tasks: [old(1), old(2), old(3), old(4), fresh(5)],
      expected: ["stop 1", "stop 2", "stop 3"],
    },
    {
      name: "50/100 fills the room that was made",
      bounds: within(50, 100),
      tasks: [old(3), old(4)],
      expected: ["start 2"],
    },
    {
      name: "50/100 does not stop more while the successors are PENDING",
      bounds: within(50, 100),
      tasks: [old(3), old(4), fresh(5, "PENDING"), fresh(6, "PENDING")],
      expected: [],
    },
    {
      name: "50/100 goes on once the successors run",
      bounds: within(50, 100),
      tasks: [old(3), old(4), fresh(5), fresh(6)],
      expected: ["stop 3", "stop 4"],
    },
    {
      name: "0/100 may stop all of them",
      bounds: within(0, 100),
      tasks: [old(1), old(2), old(3), old(4)],
      expected: ["stop 1", "stop 2", "stop 3", "stop 4"],
    },
    {
      name: "100/150 starts half of them beside",
      bounds: within(100, 150),
      tasks: [old(1), old(2), old(3), old(4)],
      expected: ["start 2"],
    },
    {
      name: "50/200 does not stop any before their successors run: the ceiling allows these",
      bounds: within(50, 200),
      tasks: [old(1), old(2), old(3), old(4)],
      expected: ["start 4"],
    },
    {
      name: "100/150 keeps WARMING old ones that the floor waits for",
      bounds: within(100, 150),
      tasks: [
        old(1, "RUNNING", { startedAt: 2_000_000 }),
        old(2, "RUNNING", { startedAt: 2_000_000 }),
        old(3),
        old(4),
      ],
      expected: ["start 2"],
    },
    {
      name: "75/125 gives up only the WARMING ones that the floor does not wait for",
      bounds: within(75, 125),
      tasks: [
        old(1, "RUNNING", { startedAt: 2_000_000 }),
        old(2, "RUNNING", { startedAt: 2_000_000 }),
        old(3, "RUNNING", { startedAt: 2_000_000 }),
        old(4),
      ],
      expected: ["start 1", "stop 1"],
    },
    {
      name: "50/150 goes back below a ceiling that was lowered",
      bounds: within(50, 150),
      tasks: [1, 2, 3, 4].map((number) => old(number)).concat([5, 6, 7, 8].map(pendingFresh)),
      expected: ["stop 1", "stop 2"],
    },
  ])("$name", ({ bounds, tasks, expected }) => {
    expect(rollOut(bounds, 4, tasks)).toEqual(expected);
  });

  test("rounds the floor up and the ceiling down", () => {
    expect(rollOut(within(50, 150), 3, [old(1), old(2), old(3)])).toEqual(["start 1", "stop 1"]);
  });

  test("keeps no old task for the floor that is UNHEALTHY anyway", () => {
    const plan = planService(
      aServiceSnapshot({
        service: { deployments: [rollingOut(2), superseded(1)], ...within(100, 100) },
        checkedContainers: { "web:1": ["main"] },
        tasks: [old(1), old(2)].map((task) => withHealth(task, "UNHEALTHY")),
      }),
    );
    expect(brief(plan)).toEqual(["stop 1", "stop 2"]);
  });

  test("does not complain while it makes room", () => {
    const { events } = planService(
      aServiceSnapshot({
        service: { deployments: [rollingOut(2), superseded(1)], ...within(0, 100) },
        tasks: [old(1), old(2)],
      }),
    );
    expect(events).toEqual([expect.stringContaining("has stopped 2 running tasks")]);
  });

  test("says so when floor and ceiling leave no way to go", () => {
    const snapshot = aServiceSnapshot({
      service: {
        desiredCount: 3,
        deployments: [rollingOut(2), superseded(1)],
        ...within(100, 133),
      },
      tasks: [old(1), old(2), old(3)],
    });
    const plan = planService(snapshot);
    expect(brief(plan)).toEqual([]);
    expect(plan.events).toEqual([
      "(service web) was unable to stop or start tasks during a deployment because of the service " +
        "deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    ]);
    expect(planService({ ...snapshot, service: plan.service }).events).toEqual([]);
  });
});

const unplaced = (reason: string) => ({
  since: 0,
  candidates: [{ containerInstanceId: "i", reason, detail: "" }],
});

const planUnplaced = (reason: string) =>
  planService(
    aServiceSnapshot({
      service: {
        deployments: [rollingOut(2), superseded(1)],
        plannedStarts: [
          aPlannedStart(2, 3, { unplaced: unplaced(reason) }),
          aPlannedStart(2, 4, { unplaced: unplaced(reason) }),
        ],
        ...within(50, 200),
      },
      tasks: [old(1), old(2)],
    }),
  );

describe("rolling update without spare capacity", () => {
  test.each(["RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS"])(
    "makes room down to the floor where %s is short",
    (reason) => {
      expect(brief(planUnplaced(reason))).toEqual(["stop 1"]);
    },
  );

  test.each(["AGENT", "ATTRIBUTE", "MemberOf placement constraint unsatisfied."])(
    "stops nothing for %s, which a stop does not mend",
    (reason) => {
      expect(brief(planUnplaced(reason))).toEqual([]);
    },
  );
});

describe("completion", () => {
  const snapshot = aServiceSnapshot({
    service: { deployments: [rollingOut(2), superseded(1)] },
    tasks: [fresh(3), fresh(4)],
  });

  test("completes the deployment once nothing else is left, and tells so", () => {
    const { service, events } = planService(snapshot);
    expect(events).toEqual([
      "(service web) (deployment ecs-svc/0000000000000000002) deployment completed.",
      "(service web) has reached a steady state.",
    ]);
    expect(service.deployments).toEqual([
      rollingOut(2, {
        rolloutState: "COMPLETED",
        rolloutStateReason: "ECS deployment ecs-svc/0000000000000000002 completed.",
        updatedAt: snapshot.now,
      }),
    ]);
    expect(service.steady).toBe(true);
  });

  test.each([
    { name: "an old task is leaving", tasks: [old(1, "STOPPING", { desiredStatus: "STOPPED" })] },
    {
      name: "one of its own is leaving",
      tasks: [fresh(5, "RUNNING", { desiredStatus: "STOPPED" })],
    },
  ])("waits while $name", ({ tasks }) => {
    const { service } = planService({ ...snapshot, tasks: [...snapshot.tasks, ...tasks] });
    expect(service).toBe(snapshot.service);
  });

  test("waits while a planned start is not written", () => {
    const service = { ...snapshot.service, plannedStarts: [aPlannedStart(2, 4)] };
    const plan = planService({ ...snapshot, service, tasks: [fresh(3)] });
    expect(plan.service).toBe(service);
  });

  test("forgets a superseded deployment that never completed as soon as it has no tasks", () => {
    const deployments = [rollingOut(3), rollingOut(2, { status: "ACTIVE" }), superseded(1)];
    const service = { ...snapshot.service, deployments };
    const revisions = (tasks: readonly Task[]) =>
      planService({ ...snapshot, service, tasks }).service.deployments.map(
        (each) => each.taskDefinition,
      );
    expect(revisions([old(1), fresh(2)])).toEqual(["web:3", "web:2", "web:1"]);
    const leaving = fresh(2, "RUNNING", { desiredStatus: "STOPPED" });
    expect(revisions([old(1), leaving])).toEqual(["web:3", "web:2", "web:1"]);
    expect(revisions([old(1)])).toEqual(["web:3", "web:1"]);
    expect(revisions([])).toEqual(["web:3", "web:1"]);
  });
});
