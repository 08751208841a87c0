import {
  aCandidate,
  aDemand,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import type { PlacementRequest } from "./place.ts";
import { PlacementIndex } from "./placement-index.ts";
import { planOffers } from "./plan-offers.ts";

const request = (members: Partial<PlacementRequest> = {}) =>
  aPlacementRequest({ demand: aDemand({ memoryMiB: 512 }), ...members });
const tooLarge = request({ demand: aDemand({ memoryMiB: 4096 }) });

const roomy = aCandidate();
const full = aCandidate({
  instance: { id: instanceId(2) },
  ledger: { reservations: { other: aReservation({ memoryMiB: 1024 }) } },
});

describe("planOffers names a service", () => {
  test.each([
    {
      name: "whose task some instance takes",
      candidates: [full, roomy],
      requests: [request()],
      expected: ["web"],
    },
    { name: "not whose task none takes", candidates: [full], requests: [request()], expected: [] },
    {
      name: "one of whose tasks fits",
      candidates: [roomy],
      requests: [tooLarge, request()],
      expected: ["web"],
    },
    { name: "not where there is no instance", candidates: [], requests: [request()], expected: [] },
    { name: "not when nothing of it waits", candidates: [roomy], requests: [], expected: [] },
    {
      name: "whose first task fits, though not all do",
      candidates: [roomy],
      requests: [request({ taskIds: [1, 2, 3].map((each) => taskId("service:web", each)) })],
      expected: ["web"],
    },
  ])("$name", ({ candidates, requests, expected }) => {
    expect(planOffers(new PlacementIndex(candidates), [{ name: "web", requests }])).toEqual(
      expected,
    );
  });

  test("and each of several: an offer is no reservation", () => {
    const waiting = ["web", "api"].map((name) => ({ name, requests: [request()] }));
    expect(planOffers(new PlacementIndex([roomy]), waiting)).toEqual(["web", "api"]);
  });
});
