import { defined } from "@berth/domain/defined";
import type Docker from "dockerode";
import type { ContainerInspectInfo } from "dockerode";
import type { ContainerInspector, InspectedContainer } from "../endpoints/container-inspector.ts";

/** The engine, as far as tasks are told of their containers. */
export function dockerInspector(docker: Docker): ContainerInspector {
  return {
    inspect: async (dockerId) => inspected(await docker.getContainer(dockerId).inspect()),
    stats: (dockerId) => docker.getContainer(dockerId).stats({ stream: false }),
    async bridge() {
      const networks = await docker.listNetworks({ filters: { driver: ["bridge"] } });
      const ipv4 = networks
        .filter(({ Options }) => Options?.[IS_DEFAULT_BRIDGE] === "true")
        .flatMap(({ IPAM }) => IPAM?.Config ?? [])
        .find(({ Subnet }) => Subnet?.includes("."));
      return ipv4?.Gateway && ipv4.Subnet
        ? { gateway: ipv4.Gateway, subnet: ipv4.Subnet }
        : undefined;
    },
  };
}

const IS_DEFAULT_BRIDGE = "com.docker.network.bridge.default_bridge";

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
