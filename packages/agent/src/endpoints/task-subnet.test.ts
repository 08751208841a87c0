import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { taskSubnet } from "./task-subnet.ts";

const own = (address: string, netmask: string, bits: number): NetworkInterfaceInfo => ({
  address,
  netmask,
  family: "IPv4",
  mac: "02:42:00:00:00:01",
  internal: false,
  cidr: `${address}/${bits}`,
});

test.each([
  { given: own("172.18.0.1", "255.255.0.0", 16), cidr: "172.18.0.0/16", member: "172.18.9.9" },
  { given: own("10.1.2.65", "255.255.255.192", 26), cidr: "10.1.2.64/26", member: "10.1.2.100" },
])("the machine at $given.cidr is on $cidr", ({ given, cidr, member }) => {
  const subnet = taskSubnet({ lo: [own("127.0.0.1", "255.0.0.0", 8)], "berth-awsvpc": [given] });
  expect(subnet).toMatchObject({ gateway: given.cidr, cidr });
  expect(subnet?.contains(member)).toBe(true);
  expect(subnet?.contains("192.0.2.1")).toBe(false);
});

test("there may be none", () => {
  expect(taskSubnet({ lo: [own("127.0.0.1", "255.0.0.0", 8)] })).toBeUndefined();
});
