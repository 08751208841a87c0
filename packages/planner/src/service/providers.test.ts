import type { ProviderShare } from "@berth/domain/capacity-provider";
import type { PlannedStart, Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { taskNumber } from "@berth/testing/builders";
import { aServiceSnapshot, aServiceTask, NOW, superseded } from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";

const share = (capacityProvider: string, weight: number, base = 0): ProviderShare => ({
  capacityProvider,
  weight,
  base,
  autoScalingGroup: `${capacityProvider}-group`,
});

const STRATEGY = [share("steady", 1, 1), share("spot", 3)];
const primary = superseded(1, { status: "PRIMARY", capacityProviderStrategy: STRATEGY });

const of = (capacityProviderName: string, number: number, more: Partial<Task> = {}): Task =>
  aServiceTask(1, number, "RUNNING", { capacityProviderName, ...more });

const plan = (tasks: readonly Task[], service: Partial<Service>) =>
  planService(
    aServiceSnapshot({ service: { deployments: [primary], ...service }, tasks, now: NOW }),
  );

const startsOf = ({ starts }: ReturnType<typeof planService>) =>
  Object.fromEntries(starts.map(({ capacityProvider, count }) => [capacityProvider, count]));

const stopped = ({ stops }: ReturnType<typeof planService>) =>
  stops.map(({ taskId }) => taskNumber(taskId));

describe("a service with a capacity provider strategy", () => {
  test("starts base and weights from the first", () => {
    expect(startsOf(plan([], { desiredCount: 9 }))).toEqual({ steady: 3, spot: 6 });
  });

  test("goes on from what it has", () => {
    const tasks = [of("spot", 1), of("spot", 2), of("spot", 3)];
    expect(startsOf(plan(tasks, { desiredCount: 5 }))).toEqual({ steady: 2 });
  });

  test("counts what it has decided and not yet written", () => {
    const plannedStarts: readonly PlannedStart[] = [1, 2].map((number) => ({
      taskId: aServiceTask(1, number).id,
      deploymentId: primary.id,
      decidedAt: NOW,
      capacityProvider: "steady",
    }));
    expect(startsOf(plan([], { desiredCount: 5, plannedStarts }))).toEqual({ spot: 3 });
  });

  test("replaces what drains on the provider that then has too few", () => {
    const tasks = [
      of("steady", 1),
      of("steady", 2),
      of("spot", 3, { draining: true }),
      of("spot", 4),
    ];
    const { starts } = plan(tasks, { desiredCount: 4 });
    expect(starts).toMatchObject([{ count: 1, capacityProvider: "spot" }]);
  });

  test("starts the tasks of another strategy by that, whatever the replaced ones were on", () => {
    const next = { ...primary, id: "ecs-svc/2", capacityProviderStrategy: [share("spot", 1)] };
    const tasks = [of("steady", 1), of("steady", 2)];
    const { starts } = plan(tasks, {
      desiredCount: 2,
      deployments: [next, { ...primary, status: "ACTIVE" }],
    });
    expect(starts).toEqual([{ count: 2, capacityProvider: "spot", deploymentId: "ecs-svc/2" }]);
  });

  test("takes away from who is above its share, and the base last", () => {
    const tasks = [of("steady", 1), of("steady", 2), of("spot", 3), of("spot", 4), of("spot", 5)];
    expect(stopped(plan(tasks, { desiredCount: 4 }))).toEqual([3]);
    expect(new Set(stopped(plan(tasks, { desiredCount: 1 })))).toEqual(new Set([1, 3, 4, 5]));
  });

  test("takes what does not run yet before all, as without a strategy", () => {
    const pending = aServiceTask(1, 9, "PENDING", { capacityProviderName: "steady" });
    const tasks = [pending, of("spot", 3), of("spot", 4), of("spot", 5)];
    expect(stopped(plan(tasks, { desiredCount: 3 }))).toEqual([9]);
  });

  test("says once that a provider has no instance at all", () => {
    const { events } = planService(
      aServiceSnapshot({
        service: {
          desiredCount: 1,
          deployments: [primary],
          plannedStarts: [
            {
              taskId: aServiceTask(1, 1).id,
              deploymentId: primary.id,
              decidedAt: NOW,
              capacityProvider: "steady",
            },
          ],
        },
        tasks: [],
        placementFailures: {
          [aServiceTask(1, 1).id]: [{ reason: "EMPTY CAPACITY PROVIDER", detail: "" }],
        },
        now: NOW,
      }),
    );
    expect(events).toContainEqual(
      expect.stringContaining(
        "Reason: No Container Instances were found in your capacity provider.",
      ),
    );
  });
});

test("a service without one is told of no provider", () => {
  const { starts } = plan([], {
    desiredCount: 2,
    deployments: [superseded(1, { status: "PRIMARY" })],
  });
  expect(starts).toHaveLength(1);
  expect(starts[0]).not.toHaveProperty("capacityProvider");
});
