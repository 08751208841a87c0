import type { PlacementConstraint } from "@berth/domain/task-definition";
import { aCandidate } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { suitability } from "./suitability.ts";

const memberOf = (expression: string): PlacementConstraint => ({ type: "memberOf", expression });
const LINUX = { name: "ecs.os-type", value: "linux" };

describe("an instance is suitable", () => {
  const candidate = aCandidate({ instance: { attributes: [LINUX] } });
  test.each([
    { name: "where nothing is asked for", requirements: {}, expected: true },
    { name: "by an attribute", requirements: { requiresAttributes: [LINUX] }, expected: true },
    {
      name: "by the name of one",
      requirements: { requiresAttributes: [{ name: "ecs.os-type" }] },
      expected: true,
    },
    {
      name: "not by another value",
      requirements: { requiresAttributes: [{ ...LINUX, value: "windows" }] },
      expected: false,
    },
    {
      name: "by an expression",
      requirements: { constraints: [memberOf("attribute:ecs.os-type == linux")] },
      expected: true,
    },
    {
      name: "not where one of two does not hold",
      requirements: {
        constraints: [memberOf("attribute:ecs.os-type == linux"), memberOf("attribute:x exists")],
      },
      expected: false,
    },
    {
      name: "not by what does not parse",
      requirements: { constraints: [memberOf("attribute:")] },
      expected: false,
    },
    {
      name: "though a task should be alone: it is",
      requirements: { constraints: [{ type: "distinctInstance" as const }] },
      expected: true,
    },
  ])("$name", ({ requirements, expected }) => {
    const all = { requiresAttributes: [], constraints: [], ...requirements };
    expect(suitability(all)(candidate)).toBe(expected);
  });
});
