import {
  ListContainerInstancesCommand,
  UpdateContainerInstancesStateCommand,
} from "@aws-sdk/client-ecs";
import { Berth } from "../e2e/berth.ts";
import { InstalledAgent } from "./installed-agent.ts";
import type { Machine } from "./machine.ts";

export interface JoinedBerth {
  readonly berth: Berth;
  readonly agent: InstalledAgent;
  close(): Promise<void>;
}

/** A Berth of this machine whose tasks all go to the other one. */
export async function joinBerth(
  machine: Machine,
  settings: (berth: Berth) => Readonly<Record<string, string>> = () => ({}),
): Promise<JoinedBerth> {
  // It is not to think the instance lost where its machine is slow or starts again.
  const env = { BERTH_INSTANCE_LOST_AFTER_MS: "600000" };
  const berth = await Berth.start({ instances: 1, env });
  try {
    await drainInstances(berth);
    const agent = await InstalledAgent.install(machine, berth, settings(berth));
    const close = () => agent.remove().finally(() => berth.down());
    return { berth, agent, close };
  } catch (error) {
    await berth.down();
    throw error;
  }
}

async function drainInstances({ ecs }: Berth): Promise<void> {
  const { containerInstanceArns: containerInstances } = await ecs.send(
    new ListContainerInstancesCommand({}),
  );
  await ecs.send(
    new UpdateContainerInstancesStateCommand({ containerInstances, status: "DRAINING" }),
  );
}
