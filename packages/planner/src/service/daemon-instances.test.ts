import type { PlacementConstraint } from "@berth/domain/task-definition";
import { aCandidate, aReservation, instanceId, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { isSuitable } from "./daemon-instances.ts";
import { planDaemonOffers } from "./daemon-offers.ts";

const memberOf = (expression: string): PlacementConstraint => ({ type: "memberOf", expression });
const LINUX = { name: "ecs.os-type", value: "linux" };

describe("an instance suits a DAEMON service", () => {
  const candidate = aCandidate({ instance: { attributes: [LINUX] } });
  test.each([
    { name: "that asks for nothing", requirements: {}, expected: true },
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
    expect(isSuitable(candidate, all)).toBe(expected);
  });
});

describe("instances are offered to a DAEMON service", () => {
  const daemon = {
    name: "logs",
    group: "service:logs",
    requiresAttributes: [LINUX],
    constraints: [],
  };
  const held = { [taskId("service:logs", 1)]: aReservation() };
  const suiting = { attributes: [LINUX] };
  const elsewhere = aCandidate({
    instance: { ...suiting, id: instanceId(2) },
    ledger: { reservations: held },
  });

  test.each([
    { name: "where it has none", given: { instance: suiting }, expected: ["logs"] },
    {
      name: "not where it has one",
      given: { instance: suiting, ledger: { reservations: held } },
      expected: [],
    },
    {
      name: "not where the agent is away",
      given: { instance: suiting, ledger: { agentConnected: false } },
      expected: [],
    },
    { name: "not where it is not wanted", given: {}, expected: [] },
    {
      name: "where one is that should not be",
      given: { ledger: { reservations: held } },
      expected: ["logs"],
    },
    {
      name: "where it drains",
      given: { instance: suiting, ledger: { status: "DRAINING" as const, reservations: held } },
      expected: ["logs"],
    },
    {
      name: "not where it drained",
      given: { instance: suiting, ledger: { status: "DRAINING" as const } },
      expected: [],
    },
  ])("$name", ({ given, expected }) => {
    expect(planDaemonOffers([elsewhere, aCandidate(given)], [daemon])).toEqual(expected);
  });
});
