import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";
import type { Bridge } from "./container-inspector.ts";
import { taskSubnet } from "./task-subnet.ts";

/** Tells containers of this machine, and the machine itself, from everybody else by their addresses. */
export function allowedClients({ subnet }: Bridge): (address: string) => boolean {
  const containers = new BlockList();
  const [network = "", bits = "32"] = subnet.split("/");
  containers.addSubnet(network, Number(bits));
  return (address) => {
    const ipv4 = address.replace(/^::ffff:/, "");
    const isTask = taskSubnet()?.contains(ipv4) ?? false;
    return containers.check(ipv4) || isTask || isOwn(address) || isOwn(ipv4);
  };
}

const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((each) => each?.some((own) => own.address === address));
