import type { PlannedStart, Service } from "@berth/domain/service";
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
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { planService } from "./plan-service.ts";
import type { ServiceSnapshot } from "./plan-service.ts";

const inZone = (number: number, zone: string, overrides: Partial<Task> = {}) =>
  aServiceTask(1, number, "RUNNING", { availabilityZone: zone, ...overrides });
const uneven = [1, 2, 3, 4].map((number) => inZone(number, "a"));
const UNDER_WAY = { isUnderWay: true, desiredCount: 4, moves: [] };
const move = (number: number, overrides: Partial<PlannedStart> = {}) =>
  aPlannedStart(1, number, { availabilityZone: "b", decidedAt: NOW, ...overrides });

const snapshotOf = (
  tasks: readonly Task[],
  service: Partial<Service> = {},
  overrides: Partial<Omit<ServiceSnapshot, "service">> = {},
) =>
  aServiceSnapshot({
    service: {
      desiredCount: 4,
      deployments: [superseded(1, { status: "PRIMARY" })],
      availabilityZoneRebalancing: "ENABLED",
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
      steady: true,
      ...service,
    },
    tasks,
    zones: ["a", "b"],
    ...overrides,
  });
const plan = (...given: Parameters<typeof snapshotOf>) => planService(snapshotOf(...given));

describe("rebalancing", () => {
  test("starts first in the emptiest zone, as far as the ceiling allows, and says so", () => {
    const { starts, stops, events, service } = plan(uneven);
    expect(starts).toEqual([{ deploymentId: deploymentId(1), availabilityZone: "b", count: 2 }]);
    expect(stops).toEqual([]);
    expect(events).toContain(
      "(service web) is not AZ balanced with 4 tasks in a, 0 tasks in b. AZ Rebalancing in progress.",
    );
    expect(service.rebalancing).toEqual(UNDER_WAY);
  });

  test("comes after the deployment that completes, which looks again at once", () => {
    const { service, starts, wakeAt } = plan(uneven, { deployments: [rollingOut(1)] });
    expect(service.deployments[0]?.rolloutState).toBe("COMPLETED");
    expect([starts, wakeAt]).toEqual([[], NOW]);
    const other = {
      deployments: [rollingOut(1)],
      availabilityZoneRebalancing: "DISABLED",
    } as const;
    expect(plan(uneven, other).wakeAt).not.toBe(NOW);
  });

  test("stops in the fullest zone what has a healthy successor in another", () => {
    const service = { rebalancing: UNDER_WAY, plannedStarts: [move(5), move(6)] };
    const pending = aServiceTask(1, 6, "PENDING", { availabilityZone: "b" });
    const half = plan([...uneven, inZone(5, "b"), pending], service);
    expect(brief(half)).toEqual(["stop 1"]);
    expect(half.stops[0]?.reason).toBe(
      `Availability-zone rebalancing initiated by (deployment ${deploymentId(1)})`,
    );
    expect(half.events).toEqual([
      `(service web) has stopped 1 running tasks in a due to AZ rebalancing: (task ${uneven[0]?.id}).`,
      `(service web) has started 2 tasks in b to AZ Rebalance: (task ${inZone(5, "b").id}) (task ${pending.id}).`,
    ]);
    expect(half.service.rebalancing?.moves).toEqual([pending.id]);
  });

  test("keeps what it moves while that is not healthy, though it is one too many", () => {
    const moved = aServiceTask(1, 5, "PENDING", { availabilityZone: "b" });
    const service = { rebalancing: { ...UNDER_WAY, moves: [moved.id] } };
    expect(brief(plan([...uneven, moved], service))).toEqual([]);
    expect(plan([...uneven, moved], service).service.steady).toBe(false);
  });

  test("ends where the zones are even", () => {
    const tasks = [inZone(1, "a"), inZone(2, "a"), inZone(3, "b"), inZone(4, "b")];
    const { events, service, starts } = plan(tasks, { rebalancing: UNDER_WAY });
    expect(events).toContain("(service web) is AZ balanced with 2 tasks in a, 2 tasks in b.");
    expect(service.rebalancing?.isUnderWay).toBe(false);
    expect(starts).toEqual([]);
    const rest = snapshotOf(tasks, service);
    expect(planService(rest).service).toBe(rest.service);
  });

  test("makes up for a task that dies meanwhile", () => {
    const moved = aServiceTask(1, 5, "PENDING", { availabilityZone: "b" });
    const service = { rebalancing: { ...UNDER_WAY, moves: [moved.id] } };
    const { starts } = plan([...uneven.slice(1), moved], service);
    expect(starts).toEqual([{ deploymentId: deploymentId(1), count: 1 }]);
  });

  test("goes on with those that found room in a zone that has none for the others", () => {
    const [found, failing] = [move(5), move(6)];
    const full = { containerInstanceId: "", reason: "RESOURCE:CPU", detail: "" };
    const coming = aServiceTask(1, 5, "PENDING", { availabilityZone: "b" });
    const half = plan(
      [...uneven, coming],
      { rebalancing: UNDER_WAY, plannedStarts: [found, failing] },
      { placementFailures: { [failing.taskId]: [full] } },
    );
    expect(brief(half)).toEqual([]);
    expect(half.service.plannedStarts).toEqual([]);
    expect(half.service.rebalancing).toEqual({ ...UNDER_WAY, moves: [found.taskId] });
    expect(half.events).not.toContain("(service web) stopped AZ Rebalancing.");
  });

  test("gives up where a zone has no room, says so, and tries again later", () => {
    const failing = move(5);
    const full = { containerInstanceId: "i", reason: "RESOURCE:CPU", detail: "" };
    const service = { rebalancing: UNDER_WAY, plannedStarts: [failing] };
    const gone = plan(uneven, service, { placementFailures: { [failing.taskId]: [full] } });
    expect(gone.service.plannedStarts).toEqual([]);
    expect(gone.events).toEqual([
      "(service web) is unable to place a task in b because no container instance met all of its requirements.",
      "(service web) stopped AZ Rebalancing.",
      "(service web) has reached a steady state.",
    ]);
    const later = gone.service.rebalancing?.retryAt ?? 0;
    expect(later).toBe(NOW + 600_000);
    const settled = { ...gone.service, withdrawnStarts: [] };
    const waiting = plan(uneven, settled, { now: later - 1 });
    expect(waiting.starts).toEqual([]);
    expect(waiting.wakeAt).toBe(later);
    expect(plan(uneven, settled, { now: later }).starts).toHaveLength(1);
  });

  test.each<{ name: string; service: Partial<Service>; tasks?: readonly Task[] }>([
    { name: "another count is asked for", service: { desiredCount: 5 } },
    { name: "a deployment begins", service: { deployments: [rollingOut(2), superseded(1)] } },
    { name: "it is switched off", service: { availabilityZoneRebalancing: "DISABLED" } },
    {
      name: "an instance drains",
      service: {},
      tasks: [...uneven.slice(1), inZone(1, "a", { draining: true })],
    },
  ])("ends when $name", ({ service, tasks = uneven }) => {
    const moving = { rebalancing: UNDER_WAY, plannedStarts: [move(5)], ...service };
    const ended = plan(tasks, moving);
    expect(ended.service.plannedStarts).toEqual([]);
    expect(ended.service.rebalancing?.isUnderWay).toBe(false);
    expect(ended.events).toContain("(service web) stopped AZ Rebalancing.");
  });

  test.each<{ name: string; given: Parameters<typeof snapshotOf> }>([
    { name: "it is DISABLED", given: [uneven, { availabilityZoneRebalancing: "DISABLED" }] },
    {
      name: "there is no room above the desired count",
      given: [
        uneven,
        { deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 124 } },
      ],
    },
    { name: "a task is missing", given: [uneven.slice(1)] },
    { name: "a deployment is under way", given: [uneven, { deployments: [rollingOut(1)] }] },
    {
      name: "all of the fullest zone are protected",
      given: [uneven.map((task) => ({ ...task, protectedUntil: NOW + 1 }))],
    },
    { name: "nothing is known of the zones", given: [uneven, {}, { zones: [] }] },
  ])("does not begin where $name", ({ given }) => {
    expect(plan(...given).starts.filter((each) => each.availabilityZone)).toEqual([]);
  });
});
