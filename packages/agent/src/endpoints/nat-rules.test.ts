import { expect, test } from "vitest";
import { allowedClients } from "./allowed-clients.ts";
import { natRules } from "./nat-rules.ts";

const BRIDGE = { gateway: "172.17.0.1", subnet: "172.17.0.0/16" };

test("only the containers' networks and the machine itself are brought to the agent", () => {
  expect(natRules(BRIDGE).map((rule) => rule.join(" "))).toEqual([
    "PREROUTING -s 172.17.0.0/16 -d 169.254.170.2/32 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.1:51679",
    "PREROUTING -i berth-awsvpc -d 169.254.170.2/32 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.1:51679",
    "OUTPUT -d 169.254.170.2/32 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.1:51679",
  ]);
});

test.each([
  ["172.17.3.4", true],
  ["::ffff:172.17.3.4", true],
  ["127.0.0.1", true],
  ["172.18.0.2", false],
  ["192.0.2.77", false],
  ["", false],
])("whoever comes past the rules is told apart by his address: %s", (address, isAllowed) => {
  expect(allowedClients(BRIDGE)(address)).toBe(isAllowed);
});
