import type { Task } from "@berth/domain/task";
import { instanceId } from "@berth/testing/builders";
import { aDaemonInstance, on, plan, snapshotOf, three } from "@berth/testing/daemon-snapshots";
import { aPlannedStart, rollingOut, superseded } from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import type { DaemonInstance } from "./daemon-instances.ts";
import { planService } from "./plan-service.ts";

const two = three.slice(0, 2);

test.each<{
  name: string;
  tasks: readonly Task[];
  instances?: readonly DaemonInstance[];
  steady: boolean;
}>([
  { name: "each has its task, and it runs", tasks: [on(1), on(2)], steady: true },
  { name: "one has none", tasks: [on(1)], steady: false },
  {
    name: "one is on its way up",
    tasks: [on(1), on(2, {}, { status: "PENDING" })],
    steady: false,
  },
  {
    name: "one is on its way out",
    tasks: [on(1), on(2), on(3, { desiredStatus: "STOPPED" }, { instance: 1 })],
    steady: false,
  },
  {
    name: "there are two on one",
    tasks: [on(1), on(2), on(3, {}, { instance: 1 })],
    steady: false,
  },
  {
    name: "an old one is beside the new one",
    tasks: [on(1), on(2), on(3, {}, { instance: 1, revision: 9 })],
    steady: false,
  },
  {
    name: "one is left where none is wanted",
    tasks: [on(1), on(2), on(3)],
    instances: [...two, aDaemonInstance(3, { isSuitable: false })],
    steady: false,
  },
  {
    name: "one outlasts the others where its instance drains",
    tasks: [on(1), on(2), on(3)],
    instances: [...two, aDaemonInstance(3, { status: "DRAINING", replicaCount: 1 })],
    steady: true,
  },
])("a DAEMON service is steady: $steady, where $name", ({ tasks, instances = two, steady }) => {
  expect(planService(snapshotOf(tasks, instances)).service.steady).toBe(steady);
});

describe("a DAEMON service with tasks of an older revision", () => {
  const deployments = [rollingOut(2), superseded(1)];
  const old = (number: number, instance = 1) => on(number, {}, { instance });
  const fresh = (number: number, instance = 1) => on(number, {}, { instance, revision: 2 });

  test.each([
    {
      name: "none of three on an instance but one",
      tasks: [old(1), old(2), old(3)],
      floor: 100,
      stops: [1, 2],
    },
    {
      name: "all old ones beside a new one",
      tasks: [old(1), old(2), fresh(3)],
      floor: 100,
      stops: [1, 2],
    },
    { name: "the last old one, where the floor lets it go", tasks: [old(1)], floor: 0, stops: [1] },
    {
      name: "not the last old one, where the floor needs it",
      tasks: [old(1)],
      floor: 100,
      stops: [],
    },
  ])("keeps $name", ({ tasks, floor, stops }) => {
    const deploymentConfiguration = { minimumHealthyPercent: floor, maximumPercent: 100 };
    const service = { deployments, deploymentConfiguration };
    expect(plan(tasks, [aDaemonInstance(1)], service)).toEqual({ starts: [], stops });
  });

  test("lets one that does not run go though the floor has none to spare", () => {
    const tasks = [on(1, {}, { status: "PENDING" }), old(2, 2), old(3, 3)];
    const deploymentConfiguration = { minimumHealthyPercent: 67, maximumPercent: 100 };
    expect(plan(tasks, three, { deployments, deploymentConfiguration }).stops).toEqual([1]);
  });

  test("counts what goes anyway as gone: the floor holds without it", () => {
    const gone = aDaemonInstance(3, { isSuitable: false });
    const tasks = [old(1, 1), old(2, 2), old(3, 3)];
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    const { stops } = plan(tasks, [...two, gone], { deployments, deploymentConfiguration });
    expect(stops).toEqual([3, 1]);
  });

  test("whose deployment FAILED keeps them: nothing would take their place", () => {
    const failed = [rollingOut(2, { rolloutState: "FAILED" }), superseded(1)];
    expect(plan([old(1)], [aDaemonInstance(1)], { deployments: failed }).stops).toEqual([]);
  });
});

describe("a DAEMON service on many instances", () => {
  const many = Array.from({ length: 120 }, (_, index) => aDaemonInstance(index + 1));

  test("starts a hundred at a time, in the order of their ids", () => {
    const { starts } = plan([], many.toReversed());
    expect(starts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  test("starts as many fewer as are planned already, and none twice", () => {
    const plannedStarts = Array.from({ length: 40 }, (_, index) =>
      aPlannedStart(1, 500 + index, { containerInstanceId: instanceId(index + 1) }),
    );
    const { starts } = plan([], many, { plannedStarts });
    expect(starts).toEqual(Array.from({ length: 60 }, (_, index) => index + 41));
  });
});
