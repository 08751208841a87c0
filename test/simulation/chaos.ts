import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import type { Settings } from "@berth/control-plane/settings";
import type { TaskScript } from "@berth/simulator/world/behaviour";
import { Random } from "@berth/simulator/world/random";
import { Scheduler } from "@berth/simulator/world/scheduler";
import { SimulatedAgent } from "@berth/simulator/world/simulated-agent";
import { World } from "@berth/simulator/world/world";
import type { Table } from "@berth/store/table";
import { groupIn } from "./capacity-providers.ts";
import { Faults } from "./faults.ts";
import {
  BROKEN_IMAGE,
  CRASHING_IMAGE,
  ONE_OFF_IMAGE,
  SICK_AFTER_MS,
  SICK_IMAGE,
} from "./images.ts";
import { ScalingGroup } from "./scaling-group.ts";

const START = Date.UTC(2026, 0, 1);

export const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  agentEndpoint: "http://127.0.0.1/",
  instanceLostAfterMs: 45_000,
  leaseMs: 40_000,
  heartbeatIntervalMs: 10_000,
  auditIntervalMs: 60_000,
  throttleMaxDelayMs: 20_000,
  provenAfterMs: 5_000,
  lifecycleHeartbeatMs: 15_000,
  drainAtMostMs: 75_000,
};

/** A world, and the faults that its people, machines and processes suffer. */
export interface Chaos {
  readonly world: World;
  readonly faults: Faults;
  readonly group: ScalingGroup;
}

export function createChaos(seed: number, table: Table): Chaos {
  const scheduler = new Scheduler(START);
  const random = new Random(seed);
  const faults = new Faults(scheduler, random);
  const world = new World({
    scheduler,
    random,
    disturbances: faults,
    table,
    // Every third world is spread over partition keys as those on AWS are, though of fewer instances.
    ...(seed % 3 === 0 && { spread: { shards: 4, ledgersPerShard: 2 } }),
    settings: SETTINGS,
    scope: { region: "us-east-1", account: "000000000000" },
    principalArn: "arn:aws:iam::000000000000:root",
  });
  const group = new ScalingGroup(world, SETTINGS);
  world.lifecycleActions = group;
  return { world, faults, group };
}

/** An agent that registers with room for some tasks. */
export async function startAgent(world: World, zone: string): Promise<void> {
  const agent = new SimulatedAgent(world, {
    zone,
    ec2InstanceId: `i-${world.random.hex(17)}`,
    behaviour: (task) => scriptOf(task, world.random),
    minds: "silence",
  });
  world.agents.push(agent);
  await agent.register({
    cluster: "default",
    attributes: [{ name: AUTO_SCALING_GROUP, value: groupIn(zone) }],
    totalResources: [
      { name: "CPU", type: "INTEGER", integerValue: 2048 },
      { name: "MEMORY", type: "INTEGER", integerValue: 2048 },
      { name: "PORTS", type: "STRINGSET", stringSetValue: ["22"] },
      { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
    ],
  });
}

function scriptOf({ containers }: Pick<PayloadTask, "containers">, random: Random): TaskScript {
  const [{ image, healthCheckType } = {}] = containers;
  return {
    startMs: random.between(100, 900),
    stopMs: random.between(50, 500),
    failsToStart: image === BROKEN_IMAGE,
    ...(image === ONE_OFF_IMAGE && {
      exits: { afterMs: random.between(500, 5_000), exitCode: 0 },
    }),
    ...(image === CRASHING_IMAGE && {
      exits: { afterMs: random.between(200, 2_000), exitCode: 1 },
    }),
    ...(healthCheckType === "docker" && checked(image, random)),
  };
}

/** Agents tell of health again and again: what is said while nobody hears it is lost. */
function checked(image: string | undefined, random: Random): Partial<TaskScript> {
  // It exits before its first check: what was healthy once completes its deployment, on ECS too.
  if (image === CRASHING_IMAGE) return {};
  const repeatHealthMs = random.between(1_000, 5_000);
  return image === SICK_IMAGE
    ? { unhealthyMs: SICK_AFTER_MS, repeatHealthMs }
    : { healthyMs: repeatHealthMs, repeatHealthMs };
}
