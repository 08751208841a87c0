import type { PlacementConstraint } from "@berth/domain/task-definition";
import {
  aCandidate,
  aDemand,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { describeChange } from "./change.ts";
import { explainPlacement } from "./explain-placement.ts";

interface Holding {
  readonly memoryMiB?: number;
  readonly cpuUnits?: number;
  readonly tcpPorts?: readonly number[];
  readonly group?: string;
}

type Overrides = NonNullable<Parameters<typeof aCandidate>[0]>;

/** An instance with 1024 CPU units and MiB, of which one task holds some. */
function holding(number: number, held: Holding, overrides: Overrides = {}): Candidate {
  const { group = "family:batch", ...demand } = held;
  const nothing = aDemand({ cpuUnits: 0, memoryMiB: 0 });
  const reservations = { [taskId(group, 100 + number)]: aReservation({ ...nothing, ...demand }) };
  return aCandidate({
    instance: { id: instanceId(number), ...overrides.instance },
    ledger: { reservations, ...overrides.ledger },
  });
}

const memberOf = (expression: string): PlacementConstraint => ({ type: "memberOf", expression });
const counterfactualsOf = (candidates: readonly Candidate[], request: Partial<PlacementRequest>) =>
  explainPlacement(candidates, aPlacementRequest(request)).counterfactuals.map(describeChange);
const [I1, I2] = [instanceId(1), instanceId(2)];

describe("what would place a task that fits nowhere", () => {
  test.each<{
    name: string;
    candidates: readonly Candidate[];
    request: Partial<PlacementRequest>;
    expected: readonly string[];
  }>([
    {
      name: "the most memory that there is",
      candidates: [holding(1, { memoryMiB: 900 }), holding(2, { memoryMiB: 724 })],
      request: { demand: aDemand({ memoryMiB: 512 }) },
      expected: [`with memory <= 300 MiB, on container instance ${I2}`],
    },
    {
      name: "no memory that no container could live with",
      candidates: [holding(1, { memoryMiB: 1_019 })],
      request: {},
      expected: [],
    },
    {
      name: "the smaller renunciation first",
      candidates: [holding(1, { memoryMiB: 1_000 }), holding(2, { cpuUnits: 924 })],
      request: {},
      expected: [
        `with cpu <= 100 units, on container instance ${I2}`,
        `with memory <= 24 MiB, on container instance ${I1}`,
      ],
    },
    {
      name: "fewer GPUs",
      candidates: [
        aCandidate({
          instance: {
            registered: {
              cpuUnits: 512,
              memoryMiB: 512,
              usedTcpPorts: [],
              usedUdpPorts: [],
              countable: { GPU: 1 },
            },
          },
        }),
      ],
      request: { demand: aDemand({ countable: { GPU: 2 } }) },
      expected: [`with GPU <= 1, on container instance ${I1}`],
    },
    {
      name: "one port less, where that one alone is taken",
      candidates: [holding(1, { tcpPorts: [80, 81] }), holding(2, { tcpPorts: [81] })],
      request: { demand: aDemand({ tcpPorts: [80, 81] }) },
      expected: [`without host port 81/tcp, on container instance ${I2}`],
    },
    {
      name: "one constraint less",
      candidates: [holding(1, { group: "service:web" })],
      request: { constraints: [{ type: "distinctInstance" }] },
      expected: [`without constraint distinctInstance, on container instance ${I1}`],
    },
    {
      name: "an attribute, of the constraint or required",
      candidates: [aCandidate()],
      request: { constraints: [memberOf("attribute:rack in [a, b]")] },
      expected: [
        `without constraint memberOf(attribute:rack in [a, b]), on container instance ${I1}`,
        `if container instance ${I1} had attribute rack=a`,
        `if container instance ${I1} had attribute rack=b`,
      ],
    },
    {
      name: "an attribute that only has to be there, alone or with others that are",
      candidates: [aCandidate({ instance: { attributes: [{ name: "rack", value: "a" }] } })],
      request: {
        constraints: [memberOf("attribute:rack == a and (attribute:disk exists)")],
      },
      expected: [
        `without constraint memberOf(attribute:rack == a and (attribute:disk exists)), on container instance ${I1}`,
        `if container instance ${I1} had attribute disk`,
      ],
    },
    {
      name: "one of the attributes of which one is enough",
      candidates: [aCandidate()],
      request: { constraints: [memberOf("attribute:disk exists or attribute:rack == a")] },
      expected: [
        `without constraint memberOf(attribute:disk exists or attribute:rack == a), on container instance ${I1}`,
        `if container instance ${I1} had attribute disk`,
        `if container instance ${I1} had attribute rack=a`,
      ],
    },
    ...["runningTasksCount exists", "agentVersion in [9.9.9]", "not(attribute:rack !exists)"].map(
      (expression) => ({
        name: `nothing but the constraint itself where no attribute is asked for: ${expression}`,
        candidates: [aCandidate()],
        request: { constraints: [memberOf(expression)] },
        expected: [`without constraint memberOf(${expression}), on container instance ${I1}`],
      }),
    ),
    {
      name: "another value of an attribute that is required with one",
      candidates: [aCandidate({ instance: { attributes: [{ name: "os", value: "linux" }] } })],
      request: { requiresAttributes: [{ name: "os", value: "windows" }] },
      expected: [`if container instance ${I1} had attribute os=windows`],
    },
    {
      name: "one udp port less, and the tcp port of that number stays",
      candidates: [
        aCandidate({
          instance: {
            registered: {
              cpuUnits: 512,
              memoryMiB: 512,
              usedTcpPorts: [],
              usedUdpPorts: [53, 54],
            },
          },
        }),
      ],
      request: { demand: aDemand({ tcpPorts: [53], udpPorts: [53] }) },
      expected: [`without host port 53/udp, on container instance ${I1}`],
    },
    {
      name: "a required attribute",
      candidates: [aCandidate()],
      request: { requiresAttributes: [{ name: "ecs.capability.efs" }] },
      expected: [`if container instance ${I1} had attribute ecs.capability.efs`],
    },
    {
      name: "an agent, an instance that drains",
      candidates: [
        holding(1, {}, { ledger: { agentConnected: false } }),
        holding(2, {}, { ledger: { status: "DRAINING" } }),
      ],
      request: {},
      expected: [
        `if the agent of container instance ${I1} connected`,
        `if container instance ${I2} left DRAINING`,
      ],
    },
    {
      name: "nothing where two things would have to change",
      candidates: [holding(1, { memoryMiB: 900 }, { ledger: { status: "DRAINING" } })],
      request: { demand: aDemand({ memoryMiB: 512 }) },
      expected: [],
    },
    {
      name: "at most three that differ in the instance only",
      candidates: [1, 2, 3, 4].map((each) => holding(each, {}, { ledger: { status: "DRAINING" } })),
      request: {},
      expected: [1, 2, 3].map((each) => `if container instance ${instanceId(each)} left DRAINING`),
    },
  ])("$name", ({ candidates, request, expected }) => {
    expect(counterfactualsOf(candidates, request)).toEqual(expected);
  });
});

test("says with figures what took each instance out, the closest first", () => {
  const { considered, removed } = explainPlacement(
    [
      holding(1, { memoryMiB: 900 }),
      holding(2, { memoryMiB: 724 }),
      holding(3, {}, { ledger: { status: "DRAINING" } }),
    ],
    aPlacementRequest({ demand: aDemand({ memoryMiB: 512 }) }),
  );
  expect(considered).toBe(2);
  expect(removed).toEqual([
    {
      reason: "RESOURCE:MEMORY",
      count: 2,
      examples: [
        {
          containerInstanceId: I2,
          reason: "RESOURCE:MEMORY",
          detail: "memory: needs 512 MiB, has 300 MiB free of 1024; 724 reserved by 1 task",
        },
        {
          containerInstanceId: I1,
          reason: "RESOURCE:MEMORY",
          detail: "memory: needs 512 MiB, has 124 MiB free of 1024; 900 reserved by 1 task",
        },
      ],
    },
    {
      reason: "DRAINING",
      count: 1,
      examples: [
        {
          containerInstanceId: instanceId(3),
          reason: "DRAINING",
          detail: "status: DRAINING, takes no new tasks",
        },
      ],
    },
  ]);
});

test("the closest has the most of what it lacks; equal ones go by id, equal reasons by name", () => {
  const { removed } = explainPlacement(
    [
      holding(1, { cpuUnits: 1_000 }),
      holding(3, { cpuUnits: 950 }),
      holding(2, { cpuUnits: 950 }),
      holding(4, {}, { ledger: { agentConnected: false } }),
      holding(6, {}, { ledger: { agentConnected: false } }),
      holding(5, {}, { ledger: { agentConnected: false } }),
    ],
    aPlacementRequest(),
  );
  const ids = removed.map(({ reason, examples }) => [
    reason,
    examples.map(({ containerInstanceId }) => Number(containerInstanceId)),
  ]);
  expect(ids).toEqual([
    ["AGENT", [4, 5, 6]],
    ["RESOURCE:CPU", [2, 3, 1]],
  ]);
});

test("shows how each strategy narrows the choice down", () => {
  const inZone = (number: number, zone: string, held: Holding) =>
    holding(number, held, { instance: { attributes: [{ name: "zone", value: zone }] } });
  const { steps, chosen, ranked } = explainPlacement(
    [
      inZone(1, "a", { group: "service:web" }),
      inZone(2, "b", { memoryMiB: 100 }),
      inZone(3, "b", { memoryMiB: 200 }),
    ],
    aPlacementRequest({
      strategy: [
        { type: "spread", field: "attribute:zone" },
        { type: "binpack", field: "memory" },
      ],
    }),
  );
  expect(steps).toEqual([
    { by: "spread(attribute:zone)", score: 0, left: 2 },
    { by: "binpack(memory)", score: 824, left: 1 },
  ]);
  expect(chosen).toEqual({ containerInstanceId: instanceId(3), isDrawn: false });
  expect(ranked.map(({ scores }) => scores)).toEqual([
    [0, 824],
    [0, 924],
    [1, 1_024],
  ]);
});

test("says no more about ten thousand instances than about ten", () => {
  const candidates = Array.from({ length: 10_000 }, (_, index) =>
    holding(index + 1, { memoryMiB: 900 }, { ledger: { agentConnected: index % 7 !== 0 } }),
  );
  const request = aPlacementRequest({ demand: aDemand({ memoryMiB: 512 }) });
  const explained = explainPlacement(candidates, request);
  expect(explained.removed.map(({ reason, count }) => [reason, count])).toEqual([
    ["RESOURCE:MEMORY", 8_571],
    ["AGENT", 1_429],
  ]);
  expect(JSON.stringify(explained).length).toBeLessThan(10_000);
});
