import { expect, test } from "vitest";
import { foldRanges, portsOf } from "./port-range.ts";

test.each([
  { port: { containerPortRange: "80-82" }, ports: [80, 81, 82] },
  { port: { containerPortRange: "80-80" }, ports: [80] },
  { port: { containerPort: 80 }, ports: [80] },
  { port: {}, ports: [] },
])("$port has the ports $ports", ({ port, ports }) => {
  expect(portsOf({ ...port, protocol: "tcp" })).toEqual(ports);
});

const binding = (containerPort: number, hostPort: number, protocol: "tcp" | "udp" = "tcp") => ({
  bindIP: "127.0.1.1",
  containerPort,
  hostPort,
  protocol,
});

test("tells the ports of a range as one, beside the single ones", () => {
  const bindings = [
    binding(81, 40_001),
    binding(80, 40_000),
    binding(443, 8_443),
    binding(80, 9, "udp"),
  ];
  expect(
    foldRanges(bindings, [
      { containerPortRange: "80-81", protocol: "tcp" },
      { containerPort: 443, protocol: "tcp" },
    ]),
  ).toEqual([
    binding(443, 8_443),
    binding(80, 9, "udp"),
    {
      bindIP: "127.0.1.1",
      containerPortRange: "80-81",
      hostPortRange: "40000-40001",
      protocol: "tcp",
    },
  ]);
});

test("tells nothing of a range that the engine does not show", () => {
  expect(foldRanges([], [{ containerPortRange: "80-81", protocol: "tcp" }])).toEqual([]);
});
