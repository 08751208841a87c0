import type { PayloadTask } from "@berth/contracts/agent/messages";
import { hasOwnNetwork } from "./task-network.ts";

const NETWORK_MODES: ReadonlySet<string> = new Set(["bridge", "host", "none", "awsvpc"]);

/** Members that the control plane of a VPC sends, each with a list that may be null. */
interface GivenInterface {
  readonly attachmentArn?: string | null;
  readonly macAddress?: string | null;
  readonly ipv4Addresses?: readonly unknown[] | null;
  readonly ipv6Addresses?: readonly unknown[] | null;
}

/** What of a task's network this agent cannot give, or undefined. */
export function networkProblem(task: PayloadTask): string | undefined {
  const { networkMode, elasticNetworkInterfaces } = task;
  if (!NETWORK_MODES.has(networkMode || "bridge")) {
    return `networkMode ${networkMode} is not supported`;
  }
  const given: readonly GivenInterface[] = elasticNetworkInterfaces ?? [];
  if (!hasOwnNetwork(task)) {
    return given.length > 0
      ? `elasticNetworkInterfaces are not supported with networkMode ${networkMode || "bridge"}`
      : undefined;
  }
  const [own, ...others] = given;
  return own && others.length === 0 ? interfaceProblem(own) : ONE_INTERFACE;
}

const ONE_INTERFACE =
  "networkMode awsvpc takes one network interface, with attachmentArn and macAddress";

function interfaceProblem(given: GivenInterface): string | undefined {
  const { attachmentArn, macAddress, ipv4Addresses, ipv6Addresses } = given;
  if (!attachmentArn || !macAddress) return ONE_INTERFACE;
  return ipv4Addresses?.length || ipv6Addresses?.length
    ? "network interfaces that have their address from a VPC are not supported"
    : undefined;
}
