import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { ClusterView } from "../world/cluster-view.ts";
import { Random } from "../world/random.ts";
import { Scheduler } from "../world/scheduler.ts";
import { settle } from "../world/settle.ts";
import { SimulatedAgent } from "../world/simulated-agent.ts";
import { World } from "../world/world.ts";
import { Behaviours } from "./behaviours.ts";
import type { InstanceTemplate, Scenario } from "./scenario.ts";

/** Any moment would do; this one makes reports comparable. */
const START = Date.UTC(2026, 0, 1);
const SCOPE = { region: "us-east-1", account: "000000000000" };
/** How long the services of the beginning may take to come to rest. */
const SET_UP_MS = 3_600_000;
/** Beyond any scenario: no agent is missed for a heartbeat that is not sent. */
const FAR_MS = 365 * 24 * 3_600_000;

/** Where a scenario takes place. */
export interface Stage {
  readonly world: World;
  readonly view: ClusterView;
  readonly behaviours: Behaviours;
  readonly cluster: string;
  /** What all instances together have registered, lost ones included. */
  readonly registered: { cpuUnits: number; memoryMiB: number };
}

/** A cluster as the scenario finds it: instances that have joined, services at rest. */
export async function setStage(scenario: Scenario): Promise<Stage> {
  const random = new Random(scenario.seed);
  const view = new ClusterView();
  const world = new World({
    scheduler: new Scheduler(START),
    random,
    scope: SCOPE,
    principalArn: `arn:aws:iam::${SCOPE.account}:root`,
    settings: {
      ...DEFAULT_SETTINGS,
      agentEndpoint: "http://127.0.0.1/",
      instanceLostAfterMs: scenario.instanceLostAfterMs,
      // Nothing is lost on the way here: a connection that breaks is heard of.
      heartbeatIntervalMs: FAR_MS,
      leaseMs: 2 * FAR_MS,
      auditIntervalMs: FAR_MS,
    },
    watcher: view,
  });
  const stage: Stage = {
    world,
    view,
    behaviours: new Behaviours(scenario.behaviours, random, view),
    cluster: scenario.cluster,
    registered: { cpuUnits: 0, memoryMiB: 0 },
  };
  await world.call("CreateCluster", { clusterName: scenario.cluster });
  for (const template of scenario.instances) await join(stage, template);
  for (const request of scenario.taskDefinitions)
    await world.call("RegisterTaskDefinition", request);
  await world.scheduler.runUntil(START + 1_000);
  await startServices(stage, scenario.services);
  return stage;
}

/** Adds instances. Their machines are EC2's. */
export async function join(stage: Stage, template: InstanceTemplate): Promise<void> {
  const { world, registered } = stage;
  const { count, zones, cpu, memory } = template;
  for (let index = 0; index < count; index += 1) {
    const agent = new SimulatedAgent(world, {
      zone: zones[index % zones.length] ?? "",
      behaviour: stage.behaviours.scriptOf,
      ec2InstanceId: `i-${world.random.hex(17)}`,
    });
    world.agents.push(agent);
    await agent.register({ cluster: stage.cluster, ...registrationOf(template) });
    registered.cpuUnits += cpu;
    registered.memoryMiB += memory;
  }
}

const registrationOf = (
  template: InstanceTemplate,
): Pick<EcsRequest<"RegisterContainerInstance">, "totalResources" | "attributes"> => ({
  totalResources: [
    { name: "CPU", type: "INTEGER", integerValue: template.cpu },
    { name: "MEMORY", type: "INTEGER", integerValue: template.memory },
    { name: "PORTS", type: "STRINGSET", stringSetValue: ["22"] },
    ...Object.entries(template.resources).map(([name, integerValue]) => ({
      name,
      type: "INTEGER",
      integerValue,
    })),
  ],
  attributes: Object.entries(template.attributes).map(([name, value]) => ({ name, value })),
});

async function startServices(stage: Stage, services: Scenario["services"]): Promise<void> {
  const { world, view, cluster } = stage;
  if (services.length === 0) return;
  let changedAt = world.scheduler.now;
  const note = () => {
    changedAt = world.scheduler.now;
  };
  const listener = { onTask: note };
  view.listeners.push(listener);
  for (const service of services) await world.call("CreateService", { cluster, ...service });
  await settle({ world, view, changedAt: () => changedAt }, world.scheduler.now + SET_UP_MS);
  view.listeners.splice(view.listeners.indexOf(listener), 1);
}
