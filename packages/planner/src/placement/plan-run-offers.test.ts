import { expect, test } from "vitest";
import {
  aCandidate,
  aDemand,
  aPlacementRequest,
  aReservation,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import type { WaitingRun } from "./plan-run-offers.ts";
import { planRunOffers } from "./plan-run-offers.ts";

/** So many tasks of this memory each, on instances that have 1024 MiB. */
const aRun = (id: string, memoryMiB: number, count = 1): WaitingRun => {
  const group = `family:${id}`;
  const taskIds = Array.from({ length: count }, (_, index) => taskId(group, index));
  return {
    id,
    requests: [aPlacementRequest({ group, taskIds, demand: aDemand({ cpuUnits: 1, memoryMiB }) })],
  };
};

const onInstances = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aCandidate({ instance: { id: instanceId(index + 1) } }),
  );

test.each<{
  readonly name: string;
  readonly instances: number;
  readonly runs: readonly WaitingRun[];
  readonly offered: readonly string[];
}>([
  { name: "nothing to nobody", instances: 1, runs: [], offered: [] },
  { name: "nothing where there is no instance", instances: 0, runs: [aRun("a", 1)], offered: [] },
  {
    name: "to the oldest what it leaves nothing of",
    instances: 1,
    runs: [aRun("old", 1_000), aRun("young", 1_000)],
    offered: ["old"],
  },
  {
    name: "to as many as fit one beside the other",
    instances: 2,
    runs: [aRun("a", 600), aRun("b", 600), aRun("c", 600), aRun("d", 400)],
    offered: ["a", "b", "d"],
  },
  {
    name: "past one that does not fit",
    instances: 1,
    runs: [aRun("great", 2_000), aRun("small", 500)],
    offered: ["small"],
  },
  {
    name: "to one of which only some tasks fit, and nothing of theirs to others",
    instances: 1,
    runs: [aRun("many", 500, 5), aRun("small", 100)],
    offered: ["many"],
  },
])("offers $name", ({ instances, runs, offered }) => {
  expect(planRunOffers(onInstances(instances), runs)).toEqual(offered);
});

test("offers to a run what one of its capacity providers has room for", () => {
  const [small, great] = [aRun("a", 100), aRun("b", 2_000)];
  const run = { id: "both", requests: [...great.requests, ...small.requests] };
  expect(planRunOffers(onInstances(1), [run])).toEqual(["both"]);
});

test("offers to a run what an earlier try has reserved for it, though all is full", () => {
  const run = aRun("a", 1_024);
  const reservations = { [run.requests[0]?.taskIds[0] ?? ""]: aReservation({ memoryMiB: 1_024 }) };
  expect(planRunOffers([aCandidate({ ledger: { reservations } })], [run])).toEqual(["a"]);
});

test("leaves the candidates as they are", () => {
  const [candidate] = onInstances(1);
  if (!candidate) throw new Error("no candidate");
  planRunOffers([candidate], [aRun("a", 100)]);
  expect(candidate.ledger.reservations).toEqual({});
});
