import type { PlanRequest } from "@berth/contracts/rest/plan";
import { beforeEach, describe, expect, test } from "vitest";
import { planIn, webWorld } from "../testing/plan-web.ts";
import { addAgent, type SmallWorld } from "../testing/small-world.ts";

let small: SmallWorld;

const plan = (change: PlanRequest["change"]) => planIn(small, change);

describe("a plan of what a capacity provider strategy shares out", () => {
  /** Two instances of `spot` and one of `steady` beside the three of nobody. */
  beforeEach(async () => {
    small = await webWorld();
    for (const name of ["spot", "steady"]) {
      const autoScalingGroupProvider = { autoScalingGroupArn: `${name}-group` };
      await small.world.call("CreateCapacityProvider", { name, autoScalingGroupProvider });
    }
    await small.world.call("PutClusterCapacityProviders", {
      cluster: "default",
      capacityProviders: ["spot", "steady"],
      defaultCapacityProviderStrategy: [],
    });
    for (const group of ["spot-group", "spot-group", "steady-group"]) {
      await addAgent(small, "a", { group });
    }
    await small.pass(5_000);
  });

  const strategy = (steady: number, spot: number) => ({
    capacityProviderStrategy: [
      { capacityProvider: "steady", weight: steady },
      { capacityProvider: "spot", weight: spot },
    ],
  });

  test("says what fits", async () => {
    const told = await plan({
      createService: {
        serviceName: "shared",
        taskDefinition: "web",
        desiredCount: 24,
        ...strategy(1, 2),
      },
    });
    expect(told.unplaced).toEqual([]);
    expect(told.tasks.running).toBe(27);
  });

  test("says which provider has no room, though others have", async () => {
    const told = await plan({
      createService: {
        serviceName: "shared",
        taskDefinition: "web",
        desiredCount: 40,
        ...strategy(1, 1),
      },
    });
    expect(told.unplaced).toMatchObject([
      { group: "service:shared", count: 4, reasons: [{ reason: "RESOURCE:CPU", instances: 1 }] },
    ]);
  });

  test("is refused as the operation itself is", async () => {
    const capacityProviderStrategy = [{ capacityProvider: "absent" }];
    await expect(
      plan({ runTask: { taskDefinition: "web", capacityProviderStrategy } }),
    ).rejects.toMatchObject({ code: "InvalidParameterException" });
  });
});
