import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  UpdateContainerInstancesStateCommand,
} from "@aws-sdk/client-ecs";
import { type RunningAgent, startAgent } from "@berth/agent/agent";
import { lineLog } from "@berth/agent/log";
import { groupOfProvider } from "../providers.ts";
import type { GivenInstance, Scenario } from "../scenario.ts";
import { eventually } from "./eventually.ts";
import { InstantEngine } from "./instant-engine.ts";
import type { OneMachine } from "./one-machine.ts";
import { providerIn } from "./providers.ts";

/** A container instance of a scenario: the real agent, on an engine that is always ready. */
export interface LiveInstance {
  readonly name: string;
  readonly arn: string;
  readonly engine: InstantEngine;
  readonly agent: RunningAgent;
}

/** Makes the cluster and starts an agent for each instance of the scenario, all connected. */
export async function startInstances(
  machine: OneMachine,
  cluster: string,
  instances: Scenario["instances"],
): Promise<readonly LiveInstance[]> {
  await machine.ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const live = await Promise.all(
    Object.entries(instances).map(async ([name, given]) =>
      start(machine, { cluster, name, given }),
    ),
  );
  await Promise.all(
    live.map(async ({ arn }) => untilConnected(machine, cluster, { arn, is: true })),
  );
  return live;
}

/** Brings the instances into the state that the scenario wants, once they hold what they shall. */
export async function settleInstances(
  machine: OneMachine,
  cluster: string,
  {
    instances,
    live,
  }: { readonly instances: Scenario["instances"]; readonly live: readonly LiveInstance[] },
): Promise<void> {
  for (const { name, arn, agent } of live) {
    const { status = "ACTIVE", agentConnected = true } = instances[name] ?? {};
    if (status === "DRAINING") {
      await machine.ecs.send(
        new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [arn], status }),
      );
    }
    if (agentConnected) continue;
    await agent.close();
    await untilConnected(machine, cluster, { arn, is: false });
  }
}

interface NamedInstance {
  readonly cluster: string;
  readonly name: string;
  readonly given: GivenInstance;
}

async function start(
  machine: OneMachine,
  { cluster, name, given }: NamedInstance,
): Promise<LiveInstance> {
  const engine = new InstantEngine();
  const { [ARCHITECTURE]: architecture, [EXTERNAL]: external, ...attributes } = given.attributes;
  const config = machine.agentConfig({
    ECS_CLUSTER: cluster,
    ECS_EXTERNAL: String(external !== undefined),
    ECS_RESERVED_PORTS: JSON.stringify(given.tcpPorts),
    ECS_RESERVED_PORTS_UDP: JSON.stringify(given.udpPorts),
    ECS_INSTANCE_ATTRIBUTES: JSON.stringify(withTexts(attributes)),
    BERTH_INSTANCE_CPU: String(given.cpu),
    BERTH_INSTANCE_MEMORY: String(given.memory),
    BERTH_INSTANCE_RESOURCES: JSON.stringify(given.resources),
    BERTH_INSTANCE_NAME: name,
    ...(given.zone !== undefined && { BERTH_AVAILABILITY_ZONE: given.zone }),
    ...(given.capacityProvider !== undefined && {
      BERTH_AUTO_SCALING_GROUP: groupOfProvider(providerIn(cluster, given.capacityProvider)),
    }),
  });
  const machineName = architecture === "arm64" ? "arm64" : "amd64";
  const agent = await startAgent(
    config,
    lineLog("none", () => undefined),
    async () => engine.opened(machineName),
  );
  return { name, arn: agent.containerInstanceArn, engine, agent };
}

/** Attributes that agents find out by themselves. */
const ARCHITECTURE = "ecs.cpu-architecture";
const EXTERNAL = "ecs.capability.external";

const withTexts = (attributes: GivenInstance["attributes"]) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value ?? ""]));

async function untilConnected(
  { ecs }: OneMachine,
  cluster: string,
  { arn, is }: { readonly arn: string; readonly is: boolean },
): Promise<void> {
  await eventually(`${arn} is ${is ? "" : "not "}connected`, async () => {
    const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: [arn] });
    const { containerInstances = [] } = await ecs.send(command);
    return containerInstances[0]?.agentConnected === is;
  });
}
