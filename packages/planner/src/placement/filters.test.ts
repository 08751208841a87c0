import {
  aCandidate,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import type { Candidate, PlacementRequest } from "./place.ts";
import { planPlacement } from "./place.ts";

const small = { cpuUnits: 256, memoryMiB: 512, usedTcpPorts: [22], usedUdpPorts: [53] };

const demand = { cpuUnits: 128, memoryMiB: 128, tcpPorts: [], udpPorts: [] };

interface Case {
  readonly name: string;
  readonly candidate: Candidate;
  readonly request: Partial<PlacementRequest>;
  readonly reason: string;
  readonly detail: string;
}

const cases: readonly Case[] = [
  {
    name: "an agent that is away",
    candidate: aCandidate({ ledger: { agentConnected: false } }),
    request: {},
    reason: "AGENT",
    detail: "agent: not connected",
  },
  {
    name: "too little cpu, also where memory lacks too",
    candidate: aCandidate({
      instance: { registered: small },
      ledger: { reservations: { other: aReservation({ cpuUnits: 200 }) } },
    }),
    request: { demand: { ...demand, memoryMiB: 4096 } },
    reason: "RESOURCE:CPU",
    detail: "cpu: needs 128 units, has 56 units free of 256; 200 reserved by 1 task",
  },
  {
    name: "too little memory",
    candidate: aCandidate({
      instance: { registered: small },
      ledger: { reservations: { other: aReservation({ memoryMiB: 212 }) } },
    }),
    request: { demand: { ...demand, memoryMiB: 512 } },
    reason: "RESOURCE:MEMORY",
    detail: "memory: needs 512 MiB, has 300 MiB free of 512; 212 reserved by 1 task",
  },
  {
    name: "a GPU too few",
    candidate: aCandidate({
      instance: { registered: { ...small, countable: { GPU: 2 } } },
      ledger: { reservations: { other: aReservation({ countable: { GPU: 1 } }) } },
    }),
    request: { demand: { ...demand, countable: { GPU: 2 } } },
    reason: "RESOURCE:GPU",
    detail: "GPU: needs 2, has 1 free of 2",
  },
  {
    name: "no resource of that name",
    candidate: aCandidate({ instance: { registered: { ...small, countable: { GPU: 2 } } } }),
    request: { demand: { ...demand, countable: { licence: 1 } } },
    reason: "RESOURCE:licence",
    detail: "licence: needs 1, has none of that name",
  },
  {
    name: "ports that the instance or another task uses",
    candidate: aCandidate({
      instance: { registered: small },
      ledger: { reservations: { other: aReservation({ tcpPorts: [80] }) } },
    }),
    request: { demand: { ...demand, tcpPorts: [22, 80, 81], udpPorts: [53, 80] } },
    reason: "RESOURCE:PORTS",
    detail: "ports: 22/tcp, 80/tcp, 53/udp in use",
  },
  {
    name: "an attribute that it does not have",
    candidate: aCandidate({ instance: { attributes: [{ name: "b" }] } }),
    request: { requiresAttributes: [{ name: "b" }, { name: "a" }] },
    reason: "ATTRIBUTE",
    detail: "attribute: needs a, has none of that name",
  },
  {
    name: "an attribute of another value",
    candidate: aCandidate({ instance: { attributes: [{ name: "os", value: "linux" }] } }),
    request: { requiresAttributes: [{ name: "os", value: "windows" }] },
    reason: "ATTRIBUTE",
    detail: "attribute: needs os=windows, has linux",
  },
  {
    name: "an attribute without the value that is asked for",
    candidate: aCandidate({ instance: { attributes: [{ name: "os" }] } }),
    request: { requiresAttributes: [{ name: "os", value: "linux" }] },
    reason: "ATTRIBUTE",
    detail: "attribute: needs os=linux, has no value",
  },
  {
    name: "another task of the group under distinctInstance",
    candidate: aCandidate({
      ledger: { reservations: { [taskId("service:web", 9)]: aReservation() } },
    }),
    request: { constraints: [{ type: "distinctInstance" }] },
    reason: "DistinctInstance placement constraint unsatisfied.",
    detail: "distinctInstance: holds 1 of group service:web already",
  },
  {
    name: "an expression that it does not meet",
    candidate: aCandidate({ instance: { attributes: [{ name: "stack", value: "test" }] } }),
    request: { constraints: [{ type: "memberOf", expression: "attribute:stack == prod" }] },
    reason: "MemberOf placement constraint unsatisfied.",
    detail: "memberOf: not met: attribute:stack == prod",
  },
  {
    name: "an expression that nobody can read",
    candidate: aCandidate(),
    request: { constraints: [{ type: "memberOf", expression: "stack ==" }] },
    reason: "MemberOf placement constraint unsatisfied.",
    detail: "memberOf: stack at character 1 is not a subject: stack ==",
  },
];

describe("planPlacement leaves out an instance with", () => {
  test.each(cases)("$name", ({ candidate, request, reason, detail }) => {
    const { placed, unplaced } = planPlacement([candidate], aPlacementRequest(request));
    expect(placed).toEqual([]);
    expect(unplaced).toEqual([
      {
        taskId: taskId("service:web", 1),
        failures: [{ containerInstanceId: instanceId(1), reason, detail }],
      },
    ]);
  });
});

describe("planPlacement takes an instance with", () => {
  test.each<{ name: string; candidate: Candidate; request: Partial<PlacementRequest> }>([
    {
      name: "just as much room as is needed",
      candidate: aCandidate({ instance: { registered: small } }),
      request: { demand: { ...demand, cpuUnits: 256, memoryMiB: 512 } },
    },
    {
      name: "the port in use for the other protocol",
      candidate: aCandidate({ instance: { registered: small } }),
      request: { demand: { ...demand, tcpPorts: [53], udpPorts: [22] } },
    },
    {
      name: "every required attribute, valued where only the name is asked for",
      candidate: aCandidate({
        instance: {
          attributes: [
            { name: "os", value: "linux" },
            { name: "efs", value: "2" },
          ],
        },
      }),
      request: { requiresAttributes: [{ name: "efs" }, { name: "os", value: "linux" }] },
    },
    {
      name: "a task of another group under distinctInstance",
      candidate: aCandidate({
        ledger: { reservations: { [taskId("service:api", 9)]: aReservation() } },
      }),
      request: { constraints: [{ type: "distinctInstance" }] },
    },
    {
      name: "all that an expression asks for",
      candidate: aCandidate({ instance: { attributes: [{ name: "stack", value: "prod" }] } }),
      request: { constraints: [{ type: "memberOf", expression: "attribute:stack == prod" }] },
    },
  ])("$name", ({ candidate, request }) => {
    const plan = planPlacement([candidate], aPlacementRequest(request));
    expect(plan.placed.map((each) => each.containerInstanceId)).toEqual([instanceId(1)]);
    expect(plan.unplaced).toEqual([]);
  });
});
