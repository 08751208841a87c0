import { defined } from "@berth/domain/defined";
import type Docker from "dockerode";
import type { ContainerInspectInfo } from "dockerode";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import type { ContainerInspector, InspectedContainer } from "../endpoints/container-inspector.ts";

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
