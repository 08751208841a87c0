import {
  type Candidate,
  type PlacementRequest,
  planPlacement,
} from "@berth/planner/placement/place";
import { describe, expect, test } from "vitest";
import { problemsOnPlanner } from "./problems.ts";
import { parseScenarios, readScenarios } from "./read-scenarios.ts";

/*
 * A suite that cannot fail proves nothing: every fault here must break some scenario of the rule
 * that it is against.
 */

type Plan = typeof planPlacement;

const asks =
  (change: (request: PlacementRequest) => Partial<PlacementRequest>): Plan =>
  (candidates, request) =>
    planPlacement(candidates, { ...request, ...change(request) });

const sees =
  (change: (candidate: Candidate) => Partial<Candidate["ledger"]>): Plan =>
  (candidates, request) =>
    planPlacement(
      candidates.map(({ instance, ledger }) => ({
        instance,
        ledger: { ...ledger, ...change({ instance, ledger }) },
      })),
      request,
    );

const demands = (change: Partial<PlacementRequest["demand"]>): Plan =>
  asks(({ demand }) => ({ demand: { ...demand, ...change } }));

const scenarios = readScenarios();

const problemsWith = (plan: Plan, rule: string) =>
  scenarios
    .filter((scenario) => scenario.rule === rule)
    .flatMap((scenario) => {
      try {
        return problemsOnPlanner(scenario, { plan, seed: "a", reversed: false });
      } catch (error) {
        return [String(error)];
      }
    });

describe("the suite notices a planner that", () => {
  test.each<[string, string, Plan]>([
    ["counts no CPU", "CPU and memory", demands({ cpuUnits: 0 })],
    [
      "takes any instance for any provider",
      "Capacity providers",
      // A request with none is one without such a member.
      (candidates, request) => {
        const { capacityProviders: _, ...others } = request;
        return planPlacement(candidates, others);
      },
    ],
    ["counts no memory", "CPU and memory", demands({ memoryMiB: 0 })],
    [
      "counts one MiB too many",
      "CPU and memory",
      asks(({ demand }) => ({ demand: { ...demand, memoryMiB: demand.memoryMiB + 1 } })),
    ],
    ["takes what is held for free", "CPU and memory", sees(() => ({ reservations: {} }))],
    ["forgets tcp ports", "Host ports", demands({ tcpPorts: [] })],
    ["forgets udp ports", "Host ports", demands({ udpPorts: [] })],
    [
      "takes udp for tcp",
      "Host ports",
      asks(({ demand }) => ({
        demand: { ...demand, tcpPorts: [...demand.tcpPorts, ...demand.udpPorts], udpPorts: [] },
      })),
    ],
    ["forgets GPUs", "GPUs and resources of an instance's own", demands({ countable: {} })],
    [
      "places on what drains",
      "Status, agent and required attributes",
      sees(() => ({ status: "ACTIVE" })),
    ],
    [
      "sees every agent connected",
      "Status, agent and required attributes",
      sees(() => ({ agentConnected: true })),
    ],
    [
      "asks for no attributes",
      "Status, agent and required attributes",
      asks(() => ({ requiresAttributes: [] })),
    ],
    [
      "minds no platform",
      "Platform and launch type",
      asks(({ requiresAttributes }) => ({
        requiresAttributes: requiresAttributes.filter(({ value }) => value === undefined),
      })),
    ],
    [
      "minds no launch type",
      "Platform and launch type",
      asks(({ requiresAttributes }) => ({
        requiresAttributes: requiresAttributes.filter(({ value }) => value !== undefined),
      })),
    ],
    ["forgets constraints", "distinctInstance", asks(() => ({ constraints: [] }))],
    [
      "takes only the first constraint",
      "memberOf",
      asks(({ constraints }) => ({ constraints: constraints.slice(0, 1) })),
    ],
    [
      "forgets expressions",
      "memberOf",
      asks(({ constraints }) => ({
        constraints: constraints.filter(({ type }) => type !== "memberOf"),
      })),
    ],
    ["takes another group for its own", "distinctInstance", asks(() => ({ group: "nobody" }))],
    ["forgets groups", "Affinity and anti-affinity of groups", sees(() => ({ reservations: {} }))],
    ["has no strategy", "spread and random", asks(() => ({ strategy: [] }))],
    [
      "spreads over instances only",
      "spread and random",
      asks(() => ({ strategy: [{ type: "spread", field: "instanceId" }] })),
    ],
    [
      "packs by memory always",
      "binpack",
      asks(() => ({ strategy: [{ type: "binpack", field: "memory" }] })),
    ],
    [
      "forgets all but the first strategy",
      "Chained strategies, the default of services and templates",
      asks(({ strategy }) => ({ strategy: strategy.slice(0, 1) })),
    ],
    [
      "takes the strategies the other way round",
      "Chained strategies, the default of services and templates",
      asks(({ strategy }) => ({ strategy: strategy.toReversed() })),
    ],
    [
      "leaves the last task out",
      "RunTask, StartTask and what they refuse",
      asks(({ taskIds }) => ({ taskIds: taskIds.slice(0, -1) })),
    ],
    [
      "tells no reasons",
      "RunTask, StartTask and what they refuse",
      (candidates, request) => {
        const { placed, unplaced } = planPlacement(candidates, request);
        return { placed, unplaced: unplaced.map(({ taskId }) => ({ taskId, failures: [] })) };
      },
    ],
  ])("%s", (_name, rule, plan) => {
    expect(problemsWith(planPlacement, rule)).toEqual([]);
    expect(problemsWith(plan, rule)).not.toEqual([]);
  });
});

describe("a scenario file is refused with", () => {
  const file = (scenario: string) => `rule: r\nsource: s\nscenarios:\n  - ${scenario}\n`;

  test.each([
    [
      "an unknown member",
      file("{ name: n, instances: { a: { cpus: 1 } }, requests: [] }"),
      'Unrecognized key: "cpus"',
    ],
    [
      "a request that expects nothing",
      file("{ name: n, instances: {}, requests: [{ operation: RunTask, expect: {} }] }"),
      "expects nothing",
    ],
    [
      "no request",
      file("{ name: n, instances: {}, requests: [] }"),
      "expected array to have >=1 items",
    ],
    ["no source", "rule: r\nscenarios: []", "at source"],
  ])("%s", (_name, text, message) => {
    expect(() => parseScenarios("x.yaml", text)).toThrow(message);
  });
});
