import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import { aCandidate, aPlacementRequest, instanceId, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { explainPlacement } from "../explain/explain-placement.ts";
import { planPlacement } from "../placement/place.ts";
import { suitability } from "../placement/suitability.ts";

const SPOT = { capacityProvider: "spot", autoScalingGroup: "spot-group" };
const STEADY = { capacityProvider: "steady", autoScalingGroup: "steady-group" };

const ofGroup = (number: number, group?: string, cpuUnits = 1024) =>
  aCandidate({
    instance: {
      id: instanceId(number),
      registered: { cpuUnits, memoryMiB: 1024, usedTcpPorts: [], usedUdpPorts: [] },
      attributes: group === undefined ? [] : [{ name: AUTO_SCALING_GROUP, value: group }],
    },
  });

const request = (...capacityProviders: readonly (typeof SPOT)[]) =>
  aPlacementRequest({ taskIds: [taskId("family:web", 1)], capacityProviders });

const failuresOf = (plan: ReturnType<typeof planPlacement>) =>
  plan.unplaced.flatMap(({ failures }) => failures);

describe("a task of a capacity provider", () => {
  test("goes to an instance of its group, and to no other", () => {
    const { placed } = planPlacement(
      [ofGroup(1), ofGroup(2, "steady-group"), ofGroup(3, "spot-group")],
      request(SPOT),
    );
    expect(placed.map((each) => each.containerInstanceId)).toEqual([instanceId(3)]);
    expect(placed[0]?.decision).toMatchObject({
      considered: 3,
      rejected: { "CAPACITY PROVIDER": 2 },
    });
  });

  test("goes to an instance of any of them, where any will do", () => {
    const candidates = [ofGroup(1), ofGroup(2, "steady-group")];
    expect(planPlacement(candidates, request(SPOT, STEADY)).placed).toMatchObject([
      { containerInstanceId: instanceId(2) },
    ]);
  });

  test("is told of the instances of its own that have no room, and of no others", () => {
    const candidates = [ofGroup(1, "spot-group", 1), ofGroup(2, "steady-group"), ofGroup(3)];
    expect(failuresOf(planPlacement(candidates, request(SPOT)))).toMatchObject([
      { containerInstanceId: instanceId(1), reason: "RESOURCE:CPU" },
    ]);
  });

  test("is told that there are none, where none that is ACTIVE is its own", () => {
    const draining = { ...ofGroup(1, "spot-group") };
    const candidates = [
      { ...draining, ledger: { ...draining.ledger, status: "DRAINING" as const } },
      ofGroup(2),
    ];
    expect(failuresOf(planPlacement(candidates, request(SPOT)))).toEqual([
      {
        reason: "EMPTY CAPACITY PROVIDER",
        detail:
          "capacity provider: no container instance that is ACTIVE is of spot (Auto Scaling group spot-group)",
      },
    ]);
  });

  test("is told the same where the cluster has no instance at all", () => {
    expect(failuresOf(planPlacement([], request(SPOT)))).toMatchObject([
      { reason: "EMPTY CAPACITY PROVIDER" },
    ]);
  });

  test("is explained instance by instance, with what would make one its own", () => {
    const explained = explainPlacement([ofGroup(1), ofGroup(2, "steady-group")], request(SPOT));
    expect(explained.removed).toMatchObject([
      {
        reason: "CAPACITY PROVIDER",
        count: 2,
        examples: [
          {
            detail:
              "capacity provider: needs spot (Auto Scaling group spot-group), says of no group that it came from it",
          },
          {
            detail:
              "capacity provider: needs spot (Auto Scaling group spot-group), came from steady-group",
          },
        ],
      },
    ]);
    expect(explained.counterfactuals).toMatchObject([
      {
        change: {
          kind: "attribute",
          attribute: { name: "berth.auto-scaling-group", value: "spot-group" },
        },
      },
    ]);
  });

  test("makes no single change out of two shortcomings", () => {
    const { counterfactuals } = explainPlacement([ofGroup(1, undefined, 1)], request(SPOT));
    expect(counterfactuals).toEqual([]);
  });
});

test("an instance suits a strategy that is of one of its providers, however full it is", () => {
  const isSuitable = suitability({
    requiresAttributes: [],
    constraints: [],
    capacityProviders: [SPOT, STEADY],
  });
  const suited = [ofGroup(1), ofGroup(2, "spot-group", 1), ofGroup(3, "other")].map(isSuitable);
  expect(suited).toEqual([false, true, false]);
});
