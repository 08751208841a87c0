import type { SimulatedAgent } from "@berth/simulator/world/simulated-agent";
import type { World } from "@berth/simulator/world/world";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import { CapacityProviders } from "./capacity-providers.ts";
import { createChaos, startAgent } from "./chaos.ts";
import type { Chaos } from "./chaos.ts";
import { DeploymentAlarms } from "./deployment-alarms.ts";
import { whatIsNotExplained } from "./explanations.ts";
import { Invariants, snapshotOf } from "./invariants.ts";
import type { Snapshot } from "./invariants.ts";
import { QueuedRuns } from "./queued-runs.ts";
import { whatIsNotAtRest } from "./rest.ts";
import { scaleIn, stopMachine } from "./stop-machine.ts";
import { TaskSets } from "./task-sets.ts";
import { setUpServices, users } from "./users.ts";
import { Verdicts } from "./verdicts.ts";

const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1a"];
/** How long users and faults are at work, and how long the world then has to come to rest. */
const CHAOS_MS = 240_000;
const REST_MS = 300_000;
/** After every so many writes Berth is asked why all is as it is. */
const EXPLAINED_WRITES = 50;

/** What its users do takes its time: every other world has nobody who shares tasks out. */
const SEEDS_A_WORLD_WITH_PROVIDERS = 4;

export interface Outcome {
  readonly broken: readonly string[];
  readonly steps: number;
}

/**
 * One life of a cluster: users change their minds, containers and hosts die, processes of the
 * control plane crash, messages get lost. Then everything heals, and Berth must come to rest.
 */
export async function runScenario(
  seed: number,
  table: Table = createMemoryTable(),
): Promise<Outcome> {
  const chaos = createChaos(seed, table);
  const { world, faults } = chaos;
  const invariants = new Invariants();
  const verdicts = new Verdicts();
  const queuedRuns = new QueuedRuns(world);
  const alarms = new DeploymentAlarms(world);
  const taskSets = new TaskSets(world);
  const providers =
    seed % SEEDS_A_WORLD_WITH_PROVIDERS === 0 ? new CapacityProviders(world) : undefined;
  let phase: "setup" | "chaos" | "rest" = "setup";
  world.spawn(async () => {
    await setUp(world);
    const habits = await setUpServices(world);
    await queuedRuns.setUp();
    await alarms.setUp();
    await taskSets.setUp();
    await providers?.setUp();
    phase = "chaos";
    faults.breakThings();
    users(world, habits, () => phase === "chaos");
    trouble(chaos, () => phase === "chaos");
    queuedRuns.begin(() => phase === "chaos");
    alarms.begin(() => phase === "chaos");
    taskSets.begin(() => phase === "chaos");
    providers?.begin(() => phase === "chaos");
  });

  const start = world.scheduler.now;
  let steps = 0;
  let seen = -1;
  let snapshot: Snapshot | undefined;
  const brokenIn = () => [
    ...invariants.broken,
    ...verdicts.broken,
    ...queuedRuns.broken,
    ...alarms.broken,
    ...taskSets.broken,
    ...(providers?.broken ?? []),
    ...chaos.group.broken,
  ];
  const until = async (end: number) => {
    while (world.scheduler.now < end && (await world.scheduler.step())) {
      steps += 1;
      if (faults.writes === seen) continue;
      seen = faults.writes;
      snapshot = await snapshotOf(world.truth, snapshot);
      invariants.check(snapshot, world.scheduler.now);
      await queuedRuns.check(snapshot);
      await alarms.check(snapshot, world.scheduler.now);
      taskSets.check(snapshot, world.scheduler.now);
      providers?.check(snapshot);
      if (seen % EXPLAINED_WRITES === 0) {
        invariants.broken.push(...(await whatIsNotExplained(world, snapshot)));
      }
      verdicts.check(snapshot, world.scheduler.now);
      if (brokenIn().length > 0 || world.bugs.length > 0) break;
    }
  };
  await until(start + CHAOS_MS);
  phase = "rest";
  faults.heal();
  for (const agent of world.agents) {
    if (agent.connectionId === undefined) world.spawn(async () => agent.comeBack());
  }
  await until(start + CHAOS_MS + REST_MS);

  const bugs = world.bugs.map((error) =>
    error instanceof Error ? (error.stack ?? "") : String(error),
  );
  const broken = [...brokenIn(), ...bugs, ...(await verdicts.falseSuccesses(world))];
  const unrest =
    broken.length > 0
      ? []
      : [
          ...(await whatIsNotAtRest(world)),
          ...(await queuedRuns.whatIsNotAtRest()),
          ...(await taskSets.whatIsNotAtRest()),
        ];
  return { broken: [...broken, ...unrest], steps };
}

async function setUp(world: World): Promise<void> {
  await world.call("CreateCluster", { clusterName: "default" });
  await Promise.all(ZONES.map(async (zone) => startAgent(world, zone)));
}

/** Containers exit, connections break, hosts lose power or are stopped. */
function trouble(chaos: Chaos, awake: () => boolean): void {
  const { world, faults, group } = chaos;
  world.scheduler.after(1_000, () => {
    if (!awake()) return;
    for (const agent of world.agents) {
      if (world.random.chance(faults.rates.containerDies)) killOne(world, agent);
      if (agent.connectionId !== undefined && world.random.chance(faults.rates.agentVanishes)) {
        if (world.random.chance(0.4) && !group.isWaitingFor(agent)) {
          if (world.random.chance(0.5)) stopMachine(chaos, agent);
          else scaleIn(chaos, agent);
          continue;
        }
        if (world.random.chance(0.3)) agent.powerOff();
        else agent.disconnect();
        world.scheduler.after(world.random.between(500, 90_000), () =>
          world.spawn(async () => agent.comeBack()),
        );
      }
    }
    trouble(chaos, awake);
  });
}

/** One of the running containers exits for no reason of Berth's. */
function killOne(world: World, agent: SimulatedAgent): void {
  const victim = world.random.pick(agent.tasks.undisturbed);
  if (victim !== undefined) agent.tasks.kill(victim);
}
