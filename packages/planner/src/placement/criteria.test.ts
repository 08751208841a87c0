import type { PlacementStrategy } from "@berth/domain/service";
import { expect, test } from "vitest";
import { criteriaOf, textOf } from "./criteria.ts";

const byZone: PlacementStrategy = { type: "spread", field: "attribute:ecs.availability-zone" };
const byInstance: PlacementStrategy = { type: "spread", field: "instanceId" };
const byMemory: PlacementStrategy = { type: "binpack", field: "memory" };
const byCpu: PlacementStrategy = { type: "binpack", field: "cpu" };
const random: PlacementStrategy = { type: "random" };

const ZONE = "spread(attribute:ecs.availability-zone)";
const INSTANCE = "spread(instanceId)";
const MEMORY = "binpack(memory)";
const CPU = "binpack(cpu)";

test.each<{ name: string; strategy: readonly PlacementStrategy[]; expected: readonly string[] }>([
  { name: "no strategy", strategy: [], expected: [] },
  { name: "random", strategy: [random], expected: [] },
  {
    name: "a spread over an attribute goes on over the instances",
    strategy: [byZone],
    expected: [ZONE, INSTANCE],
  },
  { name: "a spread over instances is that", strategy: [byInstance], expected: [INSTANCE] },
  {
    name: "host is instanceId",
    strategy: [{ type: "spread", field: "host" }],
    expected: [INSTANCE],
  },
  { name: "binpack decides alone", strategy: [byMemory], expected: [MEMORY] },
  {
    name: "binpack after a spread ends it",
    strategy: [byZone, byMemory],
    expected: [ZONE, MEMORY],
  },
  {
    name: "a spread after binpack goes on over the instances",
    strategy: [byCpu, byZone],
    expected: [CPU, ZONE, INSTANCE],
  },
  {
    name: "random ends a chain, a spread before it too",
    strategy: [byZone, random],
    expected: [ZONE],
  },
  { name: "what follows random decides nothing", strategy: [random, byMemory], expected: [] },
  {
    name: "a repeated one decides once",
    strategy: [byCpu, byMemory, byCpu],
    expected: [CPU, MEMORY],
  },
  { name: "capitals", strategy: [{ type: "binpack", field: "CPU" }], expected: [CPU] },
])("$name", ({ strategy, expected }) => {
  expect(criteriaOf(strategy).map(textOf)).toEqual(expected);
});
