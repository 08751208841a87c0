import { setTimeout as delay } from "node:timers/promises";
import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type Docker from "dockerode";
import type { ContainerCreateOptions, ContainerInspectInfo, HostConfig } from "dockerode";
import { parseDockerJson } from "../demand.ts";
import { hasOwnNetwork, holdsNetwork, interfaceOf, TASK_NETWORK } from "../task-network.ts";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { isFound, messageOf, statusOf } from "./engine-error.ts";

const LABEL = "berth.task-network";
const MAX_TRIES = 50;
const RETRY_MS = 200;

/** Makes the network of tasks unless it is there; somebody may have made one with a subnet of his own. */
export async function ensureTaskNetwork(docker: Docker, name = TASK_NETWORK): Promise<void> {
  const options = {
    Name: name,
    Driver: "bridge",
    Labels: { [LABEL]: "true" },
    // Of that name there can be one only, which keeps agents that start at once from making two.
    Options: { "com.docker.network.bridge.name": name },
  };
  const look = () => within(DEADLINE_MS.inspect, () => docker.getNetwork(name).inspect());
  for (let tries = 1; !(await isFound(look())); tries += 1) {
    try {
      await within(DEADLINE_MS.network, (abortSignal) =>
        docker.createNetwork({ ...options, abortSignal }),
      );
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** Does what needs that network, and again where another installation has removed it meanwhile. */
export async function onTaskNetwork(
  docker: Docker,
  act: () => Promise<unknown>,
  name = TASK_NETWORK,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await ensureTaskNetwork(docker, name);
    try {
      await act();
      return;
    } catch (error) {
      if (tries === MAX_TRIES || !isNetworkMissing(error)) throw error;
    }
  }
}

const isNetworkMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && /network \S+ not found/.test(messageOf(error));

/** Removes that network, where an agent made it and no container runs on it. */
export async function removeTaskNetwork(docker: Docker, name = TASK_NETWORK): Promise<void> {
  const filters = { label: [`${LABEL}=true`], name: [`^${name}$`] };
  for (const { Id } of await docker.listNetworks({ filters })) {
    await docker
      .getNetwork(Id)
      .remove()
      .catch((error: unknown) => {
        // Tasks of another installation are on it, or that removes it too.
        if (statusOf(error) === undefined) throw error;
      });
  }
}

/** What the container that holds a task's own network is on that network; nothing for others. */
export function networkIdentity(
  task: PayloadTask,
  { name }: PayloadContainer,
): Pick<ContainerCreateOptions, "Hostname" | "MacAddress" | "NetworkingConfig"> {
  const { macAddress: MacAddress, privateDnsName } = interfaceOf(task) ?? {};
  if (!holdsNetwork(task, name) || MacAddress === undefined) return {};
  const Aliases = privateDnsName ? [privateDnsName] : [];
  return {
    MacAddress,
    ...(privateDnsName && { Hostname: privateDnsName }),
    // Where the engine looks for the address depends on its version.
    NetworkingConfig: { EndpointsConfig: { [TASK_NETWORK]: { Aliases, MacAddress } } },
  };
}

/**
 * Kernel settings of a task's own network are those of its namespace, which the engine refuses to set
 * through a container that only shares it: they are taken from each container, to where it is made.
 */
export function networkSysctls(
  task: PayloadTask,
  container: PayloadContainer,
  hostConfig: HostConfig,
): Pick<HostConfig, "Sysctls"> {
  if (!hasOwnNetwork(task)) return {};
  const given = holdsNetwork(task, container.name)
    ? task.containers.flatMap(sysctlsOf).filter(isOfNetwork)
    : Object.entries(hostConfig.Sysctls ?? {}).filter((each) => !isOfNetwork(each));
  return given.length > 0 || hostConfig.Sysctls ? { Sysctls: Object.fromEntries(given) } : {};
}

const isOfNetwork = ([name]: readonly [string, string]): boolean => name.startsWith("net.");

const sysctlsOf = ({ dockerConfig }: PayloadContainer): readonly [string, string][] => {
  const { Sysctls = {} }: HostConfig = parseDockerJson(dockerConfig?.hostConfig);
  return Object.entries(Sysctls ?? {});
};

/** The container's address on the network of tasks, where it has one. */
export const taskAddress = ({ NetworkSettings }: ContainerInspectInfo): string | undefined =>
  NetworkSettings.Networks?.[TASK_NETWORK]?.IPAddress || undefined;
