import { aCandidate, aReservation, instanceId, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { planDaemonOffers } from "./daemon-offers.ts";

const LINUX = { name: "ecs.os-type", value: "linux" };

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
