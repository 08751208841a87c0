import { isEcsError } from "@berth/domain/errors";
import { serviceGroup } from "@berth/domain/task";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import { BROKEN_IMAGE, FakeAgent, ONE_OFF_IMAGE } from "./fake-agent.ts";
import { whatIsNotExplained } from "./explanations.ts";
import { Invariants, snapshotOf } from "./invariants.ts";
import { QueuedRuns } from "./queued-runs.ts";
import { whatIsNotAtRest } from "./rest.ts";
import { scaleIn, stopMachine } from "./stop-machine.ts";
import { World } from "./world.ts";

const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1a"];
const SERVICES = ["web", "api"];
/** Only such as leave room to roll even a single task. */
const PERCENTAGES = [
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 200 },
  { minimumHealthyPercent: 0, maximumPercent: 150 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
];
/** How long users and faults are at work, and how long the world then has to come to rest. */
const CHAOS_MS = 240_000;
const REST_MS = 300_000;
/** After every so many writes Berth is asked why all is as it is. */
const EXPLAINED_WRITES = 5;

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
  const world = new World(seed, table);
  const invariants = new Invariants();
  const queuedRuns = new QueuedRuns(world);
  let phase: "setup" | "chaos" | "rest" = "setup";
  world.spawn(async () => {
    await setUp(world, invariants);
    await queuedRuns.setUp();
    phase = "chaos";
    world.breakThings();
    users(world, invariants, () => phase === "chaos");
    trouble(world, () => phase === "chaos");
    queuedRuns.begin(() => phase === "chaos");
  });

  const start = world.scheduler.now;
  let steps = 0;
  let seen = -1;
  const brokenIn = () => [...invariants.broken, ...world.group.broken, ...queuedRuns.broken];
  const until = async (end: number) => {
    while (world.scheduler.now < end && (await world.scheduler.step())) {
      steps += 1;
      if (world.writes === seen) continue;
      seen = world.writes;
      const snapshot = await snapshotOf(world.truth);
      invariants.check(snapshot, world.scheduler.now);
      await queuedRuns.check(snapshot);
      if (seen % EXPLAINED_WRITES === 0) {
        invariants.broken.push(...(await whatIsNotExplained(world, snapshot)));
      }
      if (brokenIn().length > 0 || world.bugs.length > 0) break;
    }
  };
  await until(start + CHAOS_MS);
  phase = "rest";
  world.heal();
  for (const agent of world.agents) {
    if (agent.connectionId === undefined) world.spawn(async () => agent.comeBack());
  }
  await until(start + CHAOS_MS + REST_MS);

  const bugs = world.bugs.map((error) =>
    error instanceof Error ? (error.stack ?? "") : String(error),
  );
  const broken = [...brokenIn(), ...bugs];
  const unrest =
    broken.length > 0
      ? []
      : [...(await whatIsNotAtRest(world)), ...(await queuedRuns.whatIsNotAtRest())];
  return { broken: [...broken, ...unrest], steps };
}

async function setUp(world: World, invariants: Invariants): Promise<void> {
  await world.call("CreateCluster", { clusterName: "default" });
  for (const zone of ZONES) world.agents.push(new FakeAgent(world, zone));
  await Promise.all(world.agents.map(async (agent) => agent.register()));
  await register(world, "web", "good");
  await register(world, "api", "good", world.random.chance(0.3) ? 8080 : 0);
  await register(world, "batch", ONE_OFF_IMAGE);
  for (const serviceName of SERVICES) {
    const desiredCount = serviceName === "api" ? 2 : world.random.between(1, 5);
    invariants.asked(serviceName, desiredCount, world.scheduler.now);
    await world.call("CreateService", {
      serviceName,
      taskDefinition: serviceName,
      desiredCount,
      clientToken: `create-${serviceName}`,
      deploymentConfiguration: world.random.pick(PERCENTAGES),
    });
  }
}

async function register(world: World, family: string, image: string, hostPort = 0): Promise<void> {
  await world.call("RegisterTaskDefinition", {
    family,
    containerDefinitions: [
      {
        name: "main",
        image,
        cpu: 128,
        memory: 128,
        portMappings: [{ containerPort: 80, hostPort }],
      },
    ],
  });
}

/** People and pipelines, each now and then. */
function users(world: World, invariants: Invariants, awake: () => boolean): void {
  const actions = [
    async () => {
      const desiredCount = world.random.between(1, 6);
      invariants.asked("web", desiredCount, world.scheduler.now);
      await world.call("UpdateService", { service: "web", desiredCount });
    },
    async () => {
      const broken = world.random.chance(0.2);
      await register(world, "web", broken ? BROKEN_IMAGE : "good");
      await world.call("UpdateService", { service: "web", taskDefinition: "web" });
    },
    async () => {
      await world.call("UpdateService", { service: "api", forceNewDeployment: true });
    },
    async () => {
      const clientToken = world.random.hex(16);
      await world.call("RunTask", { taskDefinition: "batch", count: 2, clientToken });
    },
    async () => {
      const agent = world.random.pick(world.agents);
      if (!agent) return;
      const change = (status: "DRAINING" | "ACTIVE") =>
        world.call("UpdateContainerInstancesState", { containerInstances: [agent.id], status });
      await change("DRAINING");
      await world.scheduler.delay(world.random.between(1_000, 30_000));
      await change("ACTIVE");
    },
    async () => {
      const tasks = await world.truth.tasks.ofGroup("default", serviceGroup("web"));
      const victim = world.random.pick(tasks);
      if (victim) await world.call("StopTask", { task: victim.id, reason: "asked for" });
    },
  ];
  const again = () => {
    world.scheduler.after(world.random.between(3_000, 25_000), () => {
      if (!awake()) return;
      const action = world.random.pick(actions);
      // A refusal (no capacity, a race with another user) is an answer, not a fault.
      if (action) world.spawn(async () => action().catch(ignoreRefusal));
      again();
    });
  };
  again();
}

function ignoreRefusal(error: unknown): void {
  if (!isEcsError(error) || error.code === "ServerException") throw error;
}

/** Containers exit, connections break, hosts lose power or are stopped. */
function trouble(world: World, awake: () => boolean): void {
  world.scheduler.after(1_000, () => {
    if (!awake()) return;
    for (const agent of world.agents) {
      if (world.random.chance(world.rates.containerDies)) agent.killOne();
      if (agent.connectionId !== undefined && world.random.chance(world.rates.agentVanishes)) {
        if (world.random.chance(0.4) && !world.group.isWaitingFor(agent)) {
          if (world.random.chance(0.5)) stopMachine(world, agent);
          else scaleIn(world, agent);
          continue;
        }
        if (world.random.chance(0.3)) agent.powerOff();
        else agent.disconnect();
        world.scheduler.after(world.random.between(500, 90_000), () =>
          world.spawn(async () => agent.comeBack()),
        );
      }
    }
    trouble(world, awake);
  });
}
