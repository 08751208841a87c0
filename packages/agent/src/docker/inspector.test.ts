import type { NetworkInspectInfo } from "dockerode";
import { expect, test } from "vitest";
import { bridgeOf } from "./inspector.ts";

type Ranges = readonly { readonly Subnet?: string; readonly Gateway?: string }[];

const DEFAULT = { "com.docker.network.bridge.default_bridge": "true" };
const network = (Config: Ranges, Options: Record<string, string> = DEFAULT) =>
  ({ IPAM: { Driver: "default", Config }, Options }) as unknown as NetworkInspectInfo;

test.each([
  ["as it is named", { Subnet: "172.17.0.0/16", Gateway: "172.17.42.1" }, "172.17.42.1"],
  ["the subnet's first address until it is named", { Subnet: "172.17.0.0/16" }, "172.17.0.1"],
  ["the same in a subnet within an octet", { Subnet: "10.0.0.64/26" }, "10.0.0.65"],
])("the gateway of the engine's bridge is %s", (_, range, gateway) => {
  const ipv6 = { Subnet: "fd00::/64", Gateway: "fd00::1" };
  const own = network([{ Subnet: "10.9.0.0/24" }], {});
  expect(bridgeOf([own, network([ipv6, range])])).toEqual({ gateway, subnet: range.Subnet });
});

test("an engine without a bridge has none", () => {
  expect(bridgeOf([network([{ Subnet: "10.9.0.0/24" }], {}), network([])])).toBeUndefined();
});
