import { expect, test } from "vitest";
import { macAddressOf, networkAttributes, networkInterfaceId, privateDnsName } from "./awsvpc.ts";

const attachment = { id: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d" };

test("an interface is called after its attachment", () => {
  expect(networkInterfaceId(attachment)).toBe("eni-0a1b2c3d4e5f4a6b8");
  expect(privateDnsName(attachment)).toBe("eni-0a1b2c3d4e5f4a6b8.berth.internal");
});

test("its hardware address is one of those that nobody makes", () => {
  expect(macAddressOf(attachment)).toBe("02:0a:1b:2c:3d:4e");
});

test.each([
  { networkMode: "awsvpc", names: ["berth.task-network"] },
  { networkMode: "bridge", names: [] },
  { networkMode: "host", names: [] },
] as const)("$networkMode asks of an instance: $names", ({ networkMode, names }) => {
  expect(networkAttributes({ networkMode }).map(({ name }) => name)).toEqual(names);
});
