import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { ClusterView } from "../world/cluster-view.ts";
import { Random } from "../world/random.ts";
import { Scheduler } from "../world/scheduler.ts";
import { settle } from "../world/settle.ts";
import { SimulatedAgent } from "../world/simulated-agent.ts";
import { World } from "../world/world.ts";
import { isRefusal } from "../world/refusal.ts";
import { Behaviours } from "./behaviours.ts";
import { faultAt } from "./read-scenario.ts";
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
  /** Its services have come to rest. */
  readonly isAtRest: boolean;
  /** What all instances together have registered, lost ones included. */
  readonly registered: { cpuUnits: number; memoryMiB: number };
}

/** What there is before the services begin. */
type BareStage = Omit<Stage, "isAtRest">;

/**
 * A cluster as the scenario finds it: instances that have joined, services at rest, if they come to rest.
 *
 * @throws ScenarioError where the control plane refuses something of it
 */
export async function setStage(scenario: Scenario): Promise<Stage> {
  const stage = bareStage(scenario);
  const { world } = stage;
  const { cluster, instances, taskDefinitions, services } = scenario;
  await taken("cluster", async () => world.call("CreateCluster", { clusterName: cluster }));
  await makeProviders(stage, scenario);
  for (const [index, template] of instances.entries())
    await taken(`instances[${index}]`, async () => join(stage, template));
  for (const [index, request] of taskDefinitions.entries())
    await taken(`taskDefinitions[${index}]`, async () =>
      world.call("RegisterTaskDefinition", request),
    );
  await world.scheduler.runUntil(START + 1_000);
  return { ...stage, isAtRest: await startServices(stage, services) };
}

async function makeProviders(
  { world }: BareStage,
  { cluster, capacityProviders }: Scenario,
): Promise<void> {
  for (const [index, request] of capacityProviders.entries())
    await taken(`capacityProviders[${index}]`, async () =>
      world.call("CreateCapacityProvider", request),
    );
  if (capacityProviders.length === 0) return;
  await taken("capacityProviders", async () =>
    world.call("PutClusterCapacityProviders", {
      cluster,
      capacityProviders: capacityProviders.flatMap(({ name }) => name ?? []),
      defaultCapacityProviderStrategy: [],
    }),
  );
}

/** What the control plane refuses in the beginning is a fault of the scenario. */
async function taken(place: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw faultAt(place, `${error.code}: ${error.message}`);
  }
}

function bareStage(scenario: Scenario): BareStage {
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
  return {
    world,
    view,
    behaviours: new Behaviours(scenario.behaviours, random, view),
    cluster: scenario.cluster,
    registered: { cpuUnits: 0, memoryMiB: 0 },
  };
}

/** Adds instances. Their machines are EC2's. */
export async function join(stage: BareStage, template: InstanceTemplate): Promise<void> {
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

/** @returns whether they came to rest in time. */
async function startServices(
  { world, view, cluster }: BareStage,
  services: Scenario["services"],
): Promise<boolean> {
  if (services.length === 0) return true;
  let changedAt = world.scheduler.now;
  const note = () => {
    changedAt = world.scheduler.now;
  };
  const listener = { onTask: note };
  view.listeners.push(listener);
  for (const [index, service] of services.entries())
    await taken(`services[${index}]`, async () =>
      world.call("CreateService", { cluster, ...service }),
    );
  const end = world.scheduler.now + SET_UP_MS;
  const ended = await settle({ world, view, changedAt: () => changedAt }, end);
  view.listeners.splice(view.listeners.indexOf(listener), 1);
  return ended === "settled";
}
