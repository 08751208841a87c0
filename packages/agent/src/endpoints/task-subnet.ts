import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";
import { TASK_NETWORK } from "../task-network.ts";

/** The network of tasks, as this machine is on it. */
export interface TaskSubnet {
  /** The machine's address, with the bits of the network: `172.18.0.1/16`. */
  readonly gateway: string;
  /** In CIDR notation. */
  readonly cidr: string;
  contains(address: string): boolean;
}

/** Undefined where there is no such network here. It is looked at each time, since it may come and go. */
export function taskSubnet(interfaces = networkInterfaces()): TaskSubnet | undefined {
  const own = interfaces[TASK_NETWORK]?.find(({ family }) => family === "IPv4");
  if (!own?.cidr) return undefined;
  const bits = Number(own.cidr.split("/")[1]);
  const block = new BlockList();
  block.addSubnet(own.address, bits);
  return {
    gateway: own.cidr,
    cidr: `${networkOf(own.address, own.netmask)}/${bits}`,
    contains: (address) => block.check(address),
  };
}

function networkOf(address: string, netmask: string): string {
  const mask = netmask.split(".").map(Number);
  const octets = address.split(".").map((octet, index) => Number(octet) & (mask[index] ?? 0));
  return octets.join(".");
}
