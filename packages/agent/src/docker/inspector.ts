import type Docker from "dockerode";
import type { ContainerInspector } from "../endpoints/container-inspector.ts";

/** The engine, as far as tasks are told of their containers. */
export function dockerInspector(docker: Docker): ContainerInspector {
  return {
    inspect: (dockerId) => docker.getContainer(dockerId).inspect(),
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
