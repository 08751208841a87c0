import type { PlacementStrategy } from "@berth/domain/service";
import { expect, test } from "vitest";
import { spreadsOverZones } from "./strategy-of.ts";

const ZONE = "attribute:ecs.availability-zone";

test.each<[string, boolean, readonly PlacementStrategy[]]>([
  ["none, for ECS's own is used then", true, []],
  ["zones first", true, [{ type: "spread", field: ZONE }, { type: "random" }]],
  ["zones later", false, [{ type: "random" }, { type: "spread", field: ZONE }]],
  ["something else", false, [{ type: "spread", field: "instanceId" }]],
  ["no spread", false, [{ type: "binpack", field: "cpu" }]],
])("of %s: %s", (_, expected, strategy) => {
  expect(spreadsOverZones(strategy)).toBe(expected);
});
