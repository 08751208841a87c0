import { defined } from "@berth/domain/defined";
import type Docker from "dockerode";
import type { ContainerInspectInfo, NetworkInspectInfo } from "dockerode";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import type {
  Bridge,
  ContainerInspector,
  InspectedContainer,
} from "../endpoints/container-inspector.ts";

/** The engine, as far as tasks are told of their containers. */
export function dockerInspector(docker: Docker): ContainerInspector {
  return {
    async inspect(dockerId) {
      const handle = docker.getContainer(dockerId);
      return inspected(
        await within(DEADLINE_MS.inspect, (abortSignal) => handle.inspect({ abortSignal })),
      );
    },
    stats: (dockerId) =>
      within(DEADLINE_MS.inspect, (abortSignal) => {
        // The client takes the signal here as elsewhere, but its types do not know it.
        const options = { stream: false as const, abortSignal };
        return docker.getContainer(dockerId).stats(options);
      }),
    async bridge() {
      const networks = await within(DEADLINE_MS.list, (abortSignal) =>
        docker.listNetworks({ filters: { driver: ["bridge"] }, abortSignal }),
      );
      return bridgeOf(networks);
    },
  };
}

const IS_DEFAULT_BRIDGE = "com.docker.network.bridge.default_bridge";

/**
 * The default one of these networks. Docker 20.10 does not name its gateway until it is started a second
 * time: it is the subnet's first address then, since whoever chose another one has it named.
 */
export function bridgeOf(
  networks: readonly Pick<NetworkInspectInfo, "IPAM" | "Options">[],
): Bridge | undefined {
  const ipv4 = networks
    .filter(({ Options }) => Options?.[IS_DEFAULT_BRIDGE] === "true")
    .flatMap(({ IPAM }) => IPAM?.Config ?? [])
    .find(({ Subnet }) => Subnet?.includes("."));
  if (!ipv4?.Subnet) return undefined;
  const { Subnet: subnet, Gateway: gateway = firstAddress(subnet) } = ipv4;
  return { gateway, subnet };
}

const firstAddress = (subnet: string): string =>
  subnet.replace(/(\d+)\/\d+$/, (_, last: string) => String(Number(last) + 1));

function inspected(info: ContainerInspectInfo): InspectedContainer {
  const { LogConfig, NetworkMode = "" } = info.HostConfig;
  return {
    name: info.Name.replace(/^\//, ""),
    imageId: info.Image,
    createdAt: info.Created,
    labels: info.Config.Labels,
    ...defined({ logDriver: LogConfig?.Type, logOptions: LogConfig?.Config as object | undefined }),
    mounts: info.Mounts.map(({ Name, Source, Destination }) => ({
      source: Source,
      destination: Destination,
      ...defined({ name: Name }),
    })),
    networkMode: NetworkMode === "default" ? "bridge" : NetworkMode,
    ipv4Addresses: Object.values(info.NetworkSettings.Networks)
      .map(({ IPAddress }) => IPAddress)
      .filter((address) => address !== ""),
  };
}
