import type { PlannedChange } from "@berth/contracts/rest/plan";
import { rebalanceService } from "@berth/control-plane/rest/rebalance-service";
import { serviceGroup } from "@berth/domain/task";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addAgent,
  BROKEN_IMAGE,
  registerWeb,
  smallWorld,
  START_MS,
} from "../testing/small-world.ts";
import type { SmallWorld } from "../testing/small-world.ts";
import { isFailedIn } from "../world/failed-deployment.ts";
import { loseMachine } from "./change.ts";
import { makePlan } from "./make-plan.ts";

const ZONES = ["a", "b", "c"];
const SERVICES = ["web", "api"];
/** For the slowest of them: deployments step by step, each behind a health check. */
const HORIZON_MS = 40 * 60_000;

const percentages = fc.constantFrom(
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 150 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
);

const CHANGES = [
  "deploy",
  "scale",
  "create",
  "run",
  "drain",
  "rebalance",
  "loseInstance",
  "loseZone",
] as const;
type Change = (typeof CHANGES)[number];

const story = fc.record({
  seed: fc.nat(10_000),
  instanceCount: fc.integer({ min: 2, max: 6 }),
  desiredCounts: fc.tuple(fc.nat(12), fc.nat(12)),
  memory: fc.constantFrom(128, 500, 900),
  deploymentConfiguration: percentages,
  kind: fc.constantFrom(...CHANGES),
  /** How long ago the services began: some have tasks whose health is not known yet. */
  ageMs: fc.constantFrom(20_000, 400_000),
  /** In seconds; 0: there is no health check. */
  checkInterval: fc.constantFrom(0, 0, 5, 30, 150),
  breaker: fc.constantFrom(
    undefined,
    { enable: true, rollback: true },
    { enable: true, rollback: false },
  ),
  /** Where a breaker watches, what is deployed never runs. */
  isBroken: fc.boolean(),
  count: fc.integer({ min: 1, max: 10 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

test("what a plan says is what happens", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const small = await tell(told);
      const change = changeOf(told, small);
      const assumptions = {
        startMs: START_MS,
        horizonMs: HORIZON_MS,
        tasksFail: deploysBroken(told),
      };
      const plan = await small.plan(async (context) => makePlan(context, { change, assumptions }));
      const lowest = watchLowest(small);
      const tripped = watchBreakers(small);
      await make(small, change);
      await small.pass(HORIZON_MS);
      const planned = plan.services.map(
        ({ service, healthy, waiting, taskDefinition, rolloutState }) => ({
          service,
          healthy: healthy.after,
          fewest: healthy.fewest,
          waiting,
          taskDefinition,
          rolloutState,
        }),
      );
      const comparable = isRace(planned) ? totalsOf : asTheyAre;
      expect(comparable(planned)).toEqual(comparable(happened(small, lowest)));
      expect(plan.ends).toBe("settled");
      expect(
        plan.trippedBreakers.map(({ service, taskDefinition }) => [service, taskDefinition]),
      ).toEqual(tripped);
      expect(plan.tasks.running).toBe([...small.view.tasks.values()].length);
      expect(plan.capacity.memoryMiB.after).toBe(small.view.reserved.memoryMiB);
    }),
    { numRuns: 100 },
  );
});

async function tell(told: Story): Promise<SmallWorld> {
  const zones = Array.from({ length: told.instanceCount }, (_, index) => ZONES[index % 3] ?? "");
  const small = await smallWorld({ seed: told.seed, zones });
  await registerWeb(small.world, webOf(told));
  for (const [index, serviceName] of SERVICES.entries()) {
    await small.world.call("CreateService", {
      serviceName,
      taskDefinition: "web",
      desiredCount: told.desiredCounts[index] ?? 0,
      deploymentConfiguration: {
        ...told.deploymentConfiguration,
        ...(told.breaker && { deploymentCircuitBreaker: told.breaker }),
      },
    });
    await small.pass(1_000);
  }
  await small.pass(told.ageMs);
  if (told.kind === "rebalance") {
    await addAgent(small, "c");
    await small.pass(2_000);
  }
  if (told.kind === "deploy") {
    const image = deploysBroken(told) ? { image: BROKEN_IMAGE } : {};
    await registerWeb(small.world, { ...webOf(told), ...image });
  }
  return small;
}

const deploysBroken = ({ kind, breaker, isBroken }: Story): boolean =>
  kind === "deploy" && breaker !== undefined && isBroken;

const webOf = ({ memory, checkInterval: interval }: Story) => ({
  memory,
  ...(interval > 0 && { healthCheck: { command: ["CMD", "true"], interval } }),
});

function changeOf({ kind, count }: Story, { world }: SmallWorld): PlannedChange {
  const { id = "", zone = "" } = world.agents[count % world.agents.length] ?? {};
  const serviceName = "new";
  const changes: Readonly<Record<Change, PlannedChange>> = {
    deploy: { updateService: { service: "web", taskDefinition: "web" } },
    scale: { updateService: { service: "api", desiredCount: count } },
    create: { createService: { serviceName, taskDefinition: "web", desiredCount: count } },
    run: { runTask: { taskDefinition: "web", count } },
    drain: { drain: [id] },
    rebalance: { rebalance: "web" },
    loseInstance: { loseInstance: id },
    loseZone: { loseZone: zone },
  };
  return changes[kind];
}

/** The same, done by those who do it in reality. */
async function make({ world }: SmallWorld, change: PlannedChange): Promise<void> {
  if ("updateService" in change) await world.call("UpdateService", change.updateService);
  if ("createService" in change) await world.call("CreateService", change.createService);
  if ("runTask" in change) await world.call("RunTask", change.runTask);
  if ("drain" in change) {
    await world.call("UpdateContainerInstancesState", {
      containerInstances: [...change.drain],
      status: "DRAINING",
    });
  }
  if ("rebalance" in change) {
    const { rebalance: service } = change;
    await world.inProcess(async (context) => rebalanceService(context, { service }));
  }
  for (const agent of world.agents) {
    const isLost =
      ("loseInstance" in change && agent.id === change.loseInstance) ||
      ("loseZone" in change && agent.zone === change.loseZone);
    if (isLost) await loseMachine(world, agent, false);
  }
}

function watchLowest({ view }: SmallWorld): Map<string, number> {
  const lowest = new Map<string, number>();
  const look = () => {
    for (const name of view.services.keys()) {
      const { healthy } = view.tallyOf(serviceGroup(name));
      lowest.set(name, Math.min(lowest.get(name) ?? healthy, healthy));
    }
  };
  look();
  view.listeners.push({ onTask: look, onService: look });
  return lowest;
}

/** The service and definition of each deployment that is given up. */
function watchBreakers({ view }: SmallWorld): (readonly [string, string])[] {
  const tripped: (readonly [string, string])[] = [];
  view.listeners.push({
    onService: (before, after) => {
      const begun = before?.deployments.filter(
        ({ rolloutState }) => rolloutState === "IN_PROGRESS",
      );
      const failed = begun?.filter((deployment) => isFailedIn(deployment, after)) ?? [];
      tripped.push(...failed.map(({ taskDefinition }) => [after.name, taskDefinition] as const));
    },
  });
  return tripped;
}

interface Outcome {
  readonly healthy: number;
  readonly waiting: number;
}

/** Where services want the same last room, chance decides which of them gets it. */
const isRace = (outcomes: readonly Outcome[]): boolean =>
  outcomes.length > 1 && outcomes.some(({ waiting }) => waiting > 0);

const asTheyAre = (outcomes: readonly Outcome[]): readonly Outcome[] => outcomes;

const totalsOf = (outcomes: readonly Outcome[]): Outcome => ({
  healthy: outcomes.reduce((sum, { healthy }) => sum + healthy, 0),
  waiting: outcomes.reduce((sum, { waiting }) => sum + waiting, 0),
});

const happened = ({ view }: SmallWorld, lowest: ReadonlyMap<string, number>) =>
  [...view.services.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, plannedStarts, taskDefinition, deployments }) => ({
      service: name,
      healthy: view.tallyOf(serviceGroup(name)).healthy,
      fewest: lowest.get(name),
      waiting: plannedStarts.filter(({ unplaced }) => unplaced !== undefined).length,
      taskDefinition,
      rolloutState: deployments[0]?.rolloutState,
    }));
