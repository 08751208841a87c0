import type { PlacementConstraint } from "@berth/domain/task-definition";
import { aCandidate, aDemand, aPlacementRequest } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { amountOf, type Change, changedCandidate, changedRequest } from "./change.ts";

const inRack: PlacementConstraint = { type: "memberOf", expression: "attribute:rack == 1" };
const apart: PlacementConstraint = { type: "distinctInstance" };
const demand = aDemand({
  cpuUnits: 100,
  memoryMiB: 200,
  tcpPorts: [80, 443],
  udpPorts: [53, 80],
  countable: { GPU: 2, licence: 3 },
});
const request = aPlacementRequest({ demand, constraints: [inRack, apart] });
const rack = { name: "rack", value: "1" };
const zone = { name: "zone", value: "a" };

describe("a request as it would be", () => {
  test.each<{ readonly change: Change; readonly changed: object }>([
    {
      change: { kind: "amount", resource: "CPU", amount: 1 },
      changed: { demand: { ...demand, cpuUnits: 1 } },
    },
    {
      change: { kind: "amount", resource: "MEMORY", amount: 6 },
      changed: { demand: { ...demand, memoryMiB: 6 } },
    },
    {
      change: { kind: "amount", resource: "licence", amount: 1 },
      changed: { demand: { ...demand, countable: { GPU: 2, licence: 1 } } },
    },
    {
      change: { kind: "hostPort", port: 80, protocol: "tcp" },
      changed: { demand: { ...demand, tcpPorts: [443] } },
    },
    {
      change: { kind: "hostPort", port: 80, protocol: "udp" },
      changed: { demand: { ...demand, udpPorts: [53] } },
    },
    { change: { kind: "constraint", constraint: apart }, changed: { constraints: [inRack] } },
  ])("with %j", ({ change, changed }) => {
    expect(changedRequest(request, change)).toEqual({ ...request, ...changed });
    expect(changedCandidate(aCandidate(), change)).toEqual(aCandidate());
  });
});

describe("a container instance as it would be", () => {
  const candidate = aCandidate({
    instance: { attributes: [{ name: "rack", value: "2" }, zone] },
    ledger: { agentConnected: false, status: "DRAINING" },
  });

  test.each<{ readonly change: Change; readonly instance?: object; readonly ledger?: object }>([
    { change: { kind: "agentConnected" }, ledger: { agentConnected: true } },
    { change: { kind: "active" }, ledger: { status: "ACTIVE" } },
    { change: { kind: "attribute", attribute: rack }, instance: { attributes: [zone, rack] } },
  ])("with %j", ({ change, instance, ledger }) => {
    expect(changedCandidate(candidate, change)).toEqual({
      instance: { ...candidate.instance, ...instance },
      ledger: { ...candidate.ledger, ...ledger },
    });
    expect(changedRequest(request, change)).toBe(request);
  });
});

test.each([
  ["CPU", 100],
  ["MEMORY", 200],
  ["licence", 3],
  ["absent", 0],
])("of %s the task asks for %d", (resource, amount) => {
  expect(amountOf(demand, resource)).toBe(amount);
});

test("a task that asks for nothing countable asks for 0 of it", () => {
  expect(amountOf(aDemand(), "GPU")).toBe(0);
});
