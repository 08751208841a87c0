import type { PlacementFailure } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import {
  aPlannedStart,
  aServiceSnapshot,
  aServiceTask,
  brief,
  NOW,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { START_WITHIN_MS } from "./planned-starts.ts";
import { planService } from "./plan-service.ts";
import type { ServiceSnapshot } from "./plan-service.ts";

const planned = [aPlannedStart(1, 1), aPlannedStart(1, 2)];
const ids = planned.map((start) => start.taskId);

const failure = (reason: string, containerInstanceId?: string): PlacementFailure => ({
  ...(containerInstanceId !== undefined && { containerInstanceId }),
  reason,
  detail: "",
});

const PLACED_NOWHERE =
  "(service web) was unable to place a task because no container instance met all of its requirements.";
const SEE =
  "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

const waiting = (
  failures: Readonly<Record<string, readonly PlacementFailure[]>>,
  overrides: Partial<ServiceSnapshot> = {},
) =>
  planService({
    ...aServiceSnapshot({ service: { plannedStarts: planned }, placementFailures: failures }),
    ...overrides,
  });

describe("planned starts", () => {
  test("count as tasks, so that nothing is started twice", () => {
    expect(brief(waiting({}))).toEqual([]);
  });

  test.each<{ readonly name: string; readonly tasks: readonly Task[] }>([
    { name: "PENDING", tasks: [aServiceTask(1, 1, "PENDING"), aServiceTask(1, 2)] },
    { name: "STOPPED already", tasks: [aServiceTask(1, 1, "STOPPED"), aServiceTask(1, 2)] },
  ])("are told together once they are tasks, $name or not", ({ tasks }) => {
    const { service, events } = waiting({}, { tasks });
    expect(service.plannedStarts).toEqual([]);
    expect(events[0]).toBe(`(service web) has started 2 tasks: (task ${ids[0]}) (task ${ids[1]}).`);
  });

  test("are kept one by one while some are written", () => {
    const { service, events } = waiting({}, { tasks: [aServiceTask(1, 1, "PENDING")] });
    expect(service.plannedStarts).toEqual([planned[1]]);
    expect(events).toEqual([`(service web) has started 1 tasks: (task ${ids[0]}).`]);
  });

  test("of a superseded deployment are dropped", () => {
    const { service, starts } = planService(
      aServiceSnapshot({
        service: { deployments: [rollingOut(2), superseded(1)], plannedStarts: planned },
      }),
    );
    expect(service.plannedStarts).toEqual([]);
    expect(starts).toEqual([{ deploymentId: rollingOut(2).id, count: 2 }]);
  });

  test("that were dropped untried take room until no pass can be at them any more", () => {
    const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 };
    const snapshot = aServiceSnapshot({
      service: {
        deployments: [rollingOut(2), superseded(1)],
        plannedStarts: planned,
        deploymentConfiguration,
      },
    });
    const dropped = planService(snapshot);
    expect(dropped.starts).toEqual([]);
    expect(dropped.service.withdrawnStarts?.map(({ taskId }) => taskId)).toEqual(ids);

    const until = NOW + 2 * START_WITHIN_MS;
    expect(dropped.wakeAt).toBe(until);
    const later = planService({ ...snapshot, service: dropped.service, now: until });
    expect(later.starts).toEqual([{ deploymentId: rollingOut(2).id, count: 2 }]);
    expect(later.service.withdrawnStarts).toEqual([]);

    const appeared = [aServiceTask(1, 1, "PENDING")];
    const after = planService({ ...snapshot, service: dropped.service, tasks: appeared });
    expect(after.service.withdrawnStarts?.map(({ taskId }) => taskId)).toEqual([ids[1]]);
  });

  test("are dropped before any task is stopped, those without an instance first", () => {
    const stuck = aPlannedStart(1, 1, { unplaced: { since: 0, candidates: [] } });
    const plan = planService(
      aServiceSnapshot({
        service: { desiredCount: 2, plannedStarts: [stuck, aPlannedStart(1, 2)] },
        tasks: [aServiceTask(1, 3)],
      }),
    );
    expect(brief(plan)).toEqual([]);
    expect(plan.service.plannedStarts).toEqual([aPlannedStart(1, 2)]);
  });

  test("are dropped where a lowered ceiling has no room for them", () => {
    const plan = planService(
      aServiceSnapshot({
        service: {
          desiredCount: 1,
          deployments: [rollingOut(2), superseded(1)],
          plannedStarts: [aPlannedStart(2, 5)],
        },
        tasks: [aServiceTask(1, 1), aServiceTask(1, 2)],
      }),
    );
    expect(plan.service.plannedStarts).toEqual([]);
    expect(brief(plan)).toEqual(["stop 1"]);
  });

  test("are never more than a hundred, so that the service's item stays small", () => {
    const service = { desiredCount: 250 };
    expect(brief(planService(aServiceSnapshot({ service })))).toEqual(["start 100"]);
    const some = Array.from({ length: 70 }, (_, index) => aPlannedStart(1, index));
    expect(
      brief(planService(aServiceSnapshot({ service: { ...service, plannedStarts: some } }))),
    ).toEqual(["start 30"]);
  });
});

describe("without an instance", () => {
  test("remembers why, and since when", () => {
    const first = waiting({ [ids[0] ?? ""]: [failure("RESOURCE:CPU", "a")] });
    expect(first.service.plannedStarts).toEqual([
      { ...planned[0], unplaced: { since: NOW, candidates: [failure("RESOURCE:CPU", "a")] } },
      planned[1],
    ]);
    const later = waiting(
      { [ids[0] ?? ""]: [failure("AGENT", "a")] },
      { service: first.service, now: NOW + 9 },
    );
    expect(later.service.plannedStarts[0]?.unplaced).toEqual({
      since: NOW,
      candidates: [failure("AGENT", "a")],
    });
  });

  test("changes nothing when it fails again in the same way, and looks again later", () => {
    const failures = { [ids[0] ?? ""]: [failure("RESOURCE:CPU", "a")] };
    const { service } = waiting(failures);
    const again = waiting(failures, { service, now: NOW + 1000 });
    expect(again.service).toBe(service);
    expect(again.events).toEqual([]);
    expect(again.wakeAt).toBe(NOW + 31_000);
  });

  test("keeps fewer candidates of each start the more starts wait", () => {
    const many = Array.from({ length: 300 }, (_, index) => failure("RESOURCE:CPU", `i${index}`));
    const one = waiting({ [ids[0] ?? ""]: many }).service.plannedStarts;
    expect(one[0]?.unplaced?.candidates).toHaveLength(100);
    const both = waiting(Object.fromEntries(ids.map((id) => [id, many]))).service.plannedStarts;
    expect(both.map((start) => start.unplaced?.candidates.length)).toEqual([50, 50]);
  });

  test.each([
    ["RESOURCE:CPU", "has insufficient CPU units available."],
    ["RESOURCE:MEMORY", "has insufficient memory available."],
    ["RESOURCE:PORTS", "is already using a port required by your task."],
    ["ATTRIBUTE", "is missing an attribute required by your task."],
    ["AGENT", 'encountered error "AGENT".'],
  ])("tells %s of the closest instance", (reason, sentence) => {
    const { events } = waiting({ [ids[0] ?? ""]: [failure(reason, "abc")] });
    expect(events).toEqual([
      `${PLACED_NOWHERE} The closest matching (container-instance abc) ${sentence} ${SEE}`,
    ]);
  });

  test("tells where there is no instance at all", () => {
    const { events } = waiting({ [ids[0] ?? ""]: [failure("AGENT")] });
    expect(events).toEqual([
      `${PLACED_NOWHERE} Reason: No Container Instances were found in your cluster. ${SEE}`,
    ]);
  });

  test.each([
    { of: ["AGENT", "ATTRIBUTE", "RESOURCE:CPU"], closest: "CPU units" },
    { of: ["RESOURCE:CPU", "RESOURCE:MEMORY"], closest: "insufficient memory" },
    { of: ["RESOURCE:CPU", "RESOURCE:PORTS", "RESOURCE:MEMORY"], closest: "using a port" },
    { of: ["AGENT", "ATTRIBUTE"], closest: "missing an attribute" },
  ])("takes the one that passed most checks of $of for the closest", ({ of, closest }) => {
    const failures = of.map((reason, index) => failure(reason, `i${index}`));
    expect(waiting({ [ids[0] ?? ""]: failures }).events[0]).toContain(closest);
  });

  test("is told again when the reason changes, and when six hours pass", () => {
    const failures = { [ids[0] ?? ""]: [failure("RESOURCE:CPU", "a")] };
    const { service, events } = waiting(failures);
    const sixHours = 6 * 3_600_000;
    expect(waiting(failures, { service, now: NOW + sixHours - 1 }).events).toEqual([]);
    expect(waiting(failures, { service, now: NOW + sixHours }).events).toEqual(events);
    const changed = waiting({ [ids[0] ?? ""]: [failure("AGENT", "a")] }, { service });
    expect(changed.events).toHaveLength(1);
  });
});
