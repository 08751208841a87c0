import type { Plan, PlanRequest } from "@berth/contracts/rest/plan";
import { makePlan } from "../plan/make-plan.ts";
import { type SmallWorld, smallWorld, START_MS } from "./small-world.ts";

/** As things are in the world that a plan is about. */
const ASSUMED = { startMs: START_MS };

/** A world with service `web` at rest: three tasks, of which none stops before its successor runs. */
export async function webWorld(): Promise<SmallWorld> {
  const small = await smallWorld();
  await small.world.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 3,
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
  });
  await small.pass(60_000);
  return small;
}

/** What the change would lead to there. */
export const planIn = async (
  small: SmallWorld,
  change: PlanRequest["change"],
  assumptions: PlanRequest["assumptions"] = {},
): Promise<Plan> =>
  small.plan(async (context) =>
    makePlan(context, { change, assumptions: { ...ASSUMED, ...assumptions } }),
  );
