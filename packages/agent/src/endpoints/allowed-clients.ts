import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";
import type { Bridge } from "./container-inspector.ts";

/** Tells containers of this machine, and the machine itself, from everybody else by their addresses. */
export function allowedClients({ subnet }: Bridge): (address: string) => boolean {
  const containers = new BlockList();
  const [network = "", bits = "32"] = subnet.split("/");
  containers.addSubnet(network, Number(bits));
  return (address) => {
    const ipv4 = address.replace(/^::ffff:/, "");
    return containers.check(ipv4) || isOwn(address) || isOwn(ipv4);
  };
}

const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((each) => each?.some((own) => own.address === address));
