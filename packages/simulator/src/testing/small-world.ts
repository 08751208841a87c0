import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Alarms } from "@berth/control-plane/context";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Table } from "@berth/store/table";
import { type Behaviour, healthChecks } from "../world/behaviour.ts";
import { ClusterView } from "../world/cluster-view.ts";
import { Random } from "../world/random.ts";
import { Scheduler } from "../world/scheduler.ts";
import { SimulatedAgent } from "../world/simulated-agent.ts";
import { type ProcessContext, type Spread, World } from "../world/world.ts";

export const START_MS = 5_000;
const STOP_MS = 1_000;
/** What never runs. */
export const BROKEN_IMAGE = "broken";

interface SmallWorldOptions {
  readonly seed?: number;
  readonly table?: Table;
  /** One instance for each; each takes sixteen tasks of `web`. */
  readonly zones?: readonly string[];
  /** Default: what their definitions say, starting in 5 seconds and stopping in one. */
  readonly behaviour?: Behaviour;
  /** Default: none but those that are set. */
  readonly alarms?: Alarms;
  readonly spread?: Spread;
}

export interface SmallWorld {
  readonly world: World;
  readonly view: ClusterView;
  /** As a request would come to it. */
  plan<T>(work: (context: ProcessContext) => Promise<T>): Promise<T>;
  pass(ms: number): Promise<void>;
}

/** The cluster `default` with connected agents and a definition `web`, at rest. */
export async function smallWorld(options: SmallWorldOptions = {}): Promise<SmallWorld> {
  const { seed = 1, table, zones = ["a", "b", "c"], spread, behaviour, alarms } = options;
  const view = new ClusterView();
  const world = new World({
    scheduler: new Scheduler(Date.UTC(2026, 0, 1)),
    random: new Random(seed),
    settings: { ...DEFAULT_SETTINGS, agentEndpoint: "http://127.0.0.1/" },
    scope: { region: "eu-central-1", account: "123456789012" },
    principalArn: "arn:aws:iam::123456789012:root",
    watcher: view,
    ...(table && { table }),
    ...(alarms && { alarms }),
    ...(spread && { spread }),
  });
  const pass = async (ms: number) => world.scheduler.runUntil(world.scheduler.now + ms);
  await world.call("CreateCluster", { clusterName: "default" });
  for (const zone of zones) {
    await addAgent({ world, view }, zone, behaviour ? { behaviour } : {});
  }
  await registerWeb(world);
  await pass(2_000);
  return { world, view, pass, plan: async (work) => world.inProcess(work) };
}

interface AgentSetting {
  readonly behaviour?: Behaviour;
  /** The Auto Scaling group that its machine is of. */
  readonly group?: string;
}

export async function addAgent(
  { world, view }: Pick<SmallWorld, "world" | "view">,
  zone: string,
  { behaviour = byDefinition(view), group }: AgentSetting = {},
): Promise<SimulatedAgent> {
  const agent = new SimulatedAgent(world, {
    zone,
    behaviour,
    ec2InstanceId: `i-${world.random.hex(17)}`,
  });
  world.agents.push(agent);
  await agent.register({
    cluster: "default",
    ...(group !== undefined && { attributes: [{ name: AUTO_SCALING_GROUP, value: group }] }),
    totalResources: [
      { name: "CPU", type: "INTEGER", integerValue: 2_048 },
      { name: "MEMORY", type: "INTEGER", integerValue: 2_048 },
    ],
  });
  return agent;
}

/** Tasks do what their definitions let expect, but for those of an image that never runs. */
const byDefinition =
  ({ definitions }: ClusterView): Behaviour =>
  ({ family, version, containers }) => ({
    startMs: START_MS,
    stopMs: STOP_MS,
    failsToStart: containers.some(({ image }) => image === BROKEN_IMAGE),
    ...healthChecks(definitions.get(`${family}:${version}`)),
  });

/** Another revision of `web`. */
export async function registerWeb(
  world: World,
  container: NonNullable<EcsRequest<"RegisterTaskDefinition">["containerDefinitions"]>[number] = {},
): Promise<void> {
  await world.call("RegisterTaskDefinition", {
    family: "web",
    containerDefinitions: [{ name: "main", image: "good", cpu: 128, memory: 128, ...container }],
  });
}
