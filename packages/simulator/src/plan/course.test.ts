import type { Plan, PlanRequest } from "@berth/contracts/rest/plan";
import { beforeEach, describe, expect, test } from "vitest";
import { planIn, webWorld } from "../testing/plan-web.ts";
import { registerWeb, type SmallWorld, START_MS } from "../testing/small-world.ts";
import { makePlan } from "./make-plan.ts";

let small: SmallWorld;

beforeEach(async () => {
  small = await webWorld();
});

const plan = (change: PlanRequest["change"], assumptions?: PlanRequest["assumptions"]) =>
  planIn(small, change, assumptions);

const steps = ({ timeline }: Plan) =>
  timeline.map(({ afterMs, step }) => `${Math.round(afterMs / 1_000)} s ${step}`);

describe("the course of a change", () => {
  test("waits for health checks that take longer than anything else does", async () => {
    await registerWeb(small.world, { healthCheck: { command: ["CMD", "true"], interval: 150 } });
    const told = await plan({ updateService: { service: "web", taskDefinition: "web" } });
    expect(steps(told).slice(-6)).toEqual([
      ...Array(3).fill("155 s stopOrder"),
      ...Array(3).fill("156 s stop"),
    ]);
    expect(told.services[0]).toMatchObject({ rolloutState: "COMPLETED", steady: true });
  });

  test("waits while tasks without a health check prove that they are healthy", async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await registerWeb(small.world);
    const update = { service: "web", taskDefinition: "web", deploymentConfiguration };
    const told = await small.plan(async (context) =>
      makePlan(
        { ...context, settings: { ...context.settings, provenAfterMs: 60_000 } },
        { change: { updateService: update }, assumptions: { startMs: START_MS } },
      ),
    );
    expect(steps(told).at(-1)).toBe("67 s stop");
    expect(told.services[0]).toMatchObject({ rolloutState: "COMPLETED", steady: true });
  });

  test("goes on from where the health checks of running tasks are", async () => {
    await registerWeb(small.world, { healthCheck: { command: ["CMD", "true"], interval: 150 } });
    const update = { service: "web", taskDefinition: "web" };
    await small.world.call("UpdateService", update);
    await small.pass(65_000);
    const told = await plan({ updateService: { service: "web", desiredCount: 3 } });
    expect(steps(told)).toEqual([
      ...Array(3).fill("90 s stopOrder"),
      ...Array(3).fill("91 s stop"),
    ]);
    expect(told).toMatchObject({ ends: "settled", services: [{ healthy: { after: 3 } }] });
  });

  test("waits for the end of a protection, if that is before its horizon", async () => {
    const [task = ""] = small.view.tasks.keys();
    await small.world.call("UpdateTaskProtection", {
      cluster: "default",
      tasks: [task],
      protectionEnabled: true,
      expiresInMinutes: 5,
    });
    await registerWeb(small.world);
    const change = { updateService: { service: "web", taskDefinition: "web" } };
    expect(steps(await plan(change)).at(-1)).toBe("301 s stop");
    expect(steps(await plan(change, { horizonMs: 120_000 })).at(-1)).toBe("7 s stop");
  });

  test("is not over while a throttle holds back what is to start", async () => {
    await registerWeb(small.world);
    const change = { updateService: { service: "web", taskDefinition: "web" } };
    const told = await plan(change, { tasksFail: true });
    // The start after next is due far beyond anything that is quiet for long.
    expect(steps(told).at(-1)).toBe("1084 s stop");
    expect(told).toMatchObject({ ends: "horizon", services: [{ steady: false }] });
  });
});
