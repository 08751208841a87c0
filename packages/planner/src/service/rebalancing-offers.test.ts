import type { Service } from "@berth/domain/service";
import { aCandidate, aReservation, aService, instanceId, taskId } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { planRebalancingOffers } from "./rebalancing-offers.ts";

const inZone = (number: number, zone: string, taskCount: number, ledger = {}) =>
  aCandidate({
    instance: {
      id: instanceId(number),
      attributes: [{ name: "ecs.availability-zone", value: zone }],
    },
    ledger: {
      reservations: Object.fromEntries(
        Array.from({ length: taskCount }, (_, index) => [
          taskId("service:web", number * 100 + index),
          aReservation(),
        ]),
      ),
      ...ledger,
    },
  });

const atRest: Partial<Service> = {
  availabilityZoneRebalancing: "ENABLED",
  steady: true,
  desiredCount: 2,
};

test.each<{
  name: string;
  candidates: Parameters<typeof planRebalancingOffers>[0];
  service?: Partial<Service>;
  expected: readonly string[];
}>([
  { name: "a new zone", candidates: [inZone(1, "a", 2), inZone(2, "b", 0)], expected: ["web"] },
  { name: "even zones", candidates: [inZone(1, "a", 1), inZone(2, "b", 0)], expected: [] },
  {
    name: "instances of one zone together",
    candidates: [inZone(1, "a", 1), inZone(3, "a", 1), inZone(2, "b", 0)],
    expected: ["web"],
  },
  {
    name: "a zone that takes nothing",
    candidates: [inZone(1, "a", 2), inZone(2, "b", 0, { agentConnected: false })],
    expected: [],
  },
  {
    name: "a service that is on its way",
    candidates: [inZone(1, "a", 2), inZone(2, "b", 0)],
    service: { steady: false },
    expected: [],
  },
  {
    name: "a service that does not want it",
    candidates: [inZone(1, "a", 2), inZone(2, "b", 0)],
    service: { availabilityZoneRebalancing: "DISABLED" },
    expected: [],
  },
  { name: "no instances", candidates: [], expected: [] },
])("of $name, $expected are to look at it", ({ candidates, service = {}, expected }) => {
  expect(planRebalancingOffers(candidates, [aService({ ...atRest, ...service })])).toEqual(
    expected,
  );
});
