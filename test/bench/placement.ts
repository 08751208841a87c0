import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { misfit, remaining, without } from "@berth/domain/container-instance";
import { groupHash } from "@berth/domain/group-hash";
import type { Demand } from "@berth/domain/resources";
import type { Candidate, PlacementRequest } from "@berth/planner/placement/place";
import { PlacementIndex } from "@berth/planner/placement/placement-index";
import { format, say, spreadOf } from "./statistics.ts";

const ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const TASKS_HELD = 10;
const NEW_TASKS = 10_000;
const RUNS = 5;

const DEMAND: Demand = { cpuUnits: 128, memoryMiB: 256, tcpPorts: [], udpPorts: [] };

/**
 * Places tasks by spread over three zones and binpack by memory: as one batch, as batches of a
 * hundred for as many services, and one by one; beside filtering and sorting all instances anew for
 * every task, in the same process.
 */
export function benchPlacement(): void {
  for (const count of [100, 1_000, 10_000]) benchCluster(count);
}

function benchCluster(instanceCount: number): void {
  const candidates = clusterOf(instanceCount);
  const tasks = Math.min(NEW_TASKS, instanceCount * 5);
  const rates = (name: string, place: () => number) => {
    place();
    return { name, rate: spreadOf(Array.from({ length: RUNS }, place)) };
  };
  const rows = [
    rates(`one batch of ${tasks}`, () => placeInBatches(candidates, tasks, tasks)),
    rates("batches of 100", () => placeInBatches(candidates, tasks, 100)),
    rates("one by one", () => placeInBatches(candidates, 200, 1)),
    rates("filter and sort", () => placeNaively(candidates, 200)),
  ];
  const naive = rows.at(-1)?.rate.median ?? 0;
  say(
    `Placements per second, ${instanceCount} instances that hold ${instanceCount * TASKS_HELD} tasks, spread(zone) + binpack(memory)`,
    ...rows.map(
      ({ name, rate }) =>
        `${name.padEnd(20)} ${format(rate, "/s")}: ${(rate.median / naive).toFixed(1)} x filter and sort`,
    ),
    `heap in use          ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(0)} MiB`,
  );
}

function clusterOf(count: number): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    const id = index.toString(16).padStart(32, "0");
    const instance: ContainerInstance = {
      cluster: "bench",
      id,
      registered: { cpuUnits: 4096, memoryMiB: 8192, usedTcpPorts: [22], usedUdpPorts: [] },
      attributes: [
        { name: "ecs.availability-zone", value: ZONES[index % 3] ?? "" },
        { name: "ecs.instance-type", value: "m7g.xlarge" },
        { name: "ecs.capability.execution-role-awslogs" },
      ],
      versionInfo: {},
      tags: [],
      registeredAt: 0,
    };
    const held = Array.from({ length: TASKS_HELD }, (_unused, task) => [
      groupHash(`service:s${(index * TASKS_HELD + task) % 500}`) + id.slice(10) + `0${task}`,
      // Between a sixth and a half of the memory is taken.
      { ...DEMAND, memoryMiB: 128 + ((index * 37 + task) % 9) * 32, reservedAt: 0 },
    ]);
    const ledger: InstanceLedger = {
      cluster: "bench",
      id,
      status: "ACTIVE",
      agentConnected: true,
      reservations: Object.fromEntries(held),
      descriptionVersion: 1,
    };
    return { instance, ledger };
  });
}

const requestOf = (batch: number, taskCount: number): PlacementRequest => {
  const group = `service:new${batch}`;
  return {
    taskIds: Array.from(
      { length: taskCount },
      (_, task) => groupHash(group) + (batch * 100_000 + task).toString(16).padStart(24, "0"),
    ),
    group,
    demand: DEMAND,
    requiresAttributes: [{ name: "ecs.capability.execution-role-awslogs" }],
    constraints: [],
    strategy: [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ],
    seed: String(batch),
  };
};

/** Each batch sees what those before it took; taking over the new ledgers is part of the time. */
function placeInBatches(candidates: readonly Candidate[], count: number, size: number): number {
  const index = new PlacementIndex(candidates);
  const byId = new Map(candidates.map((candidate) => [candidate.ledger.id, candidate]));
  const start = process.hrtime.bigint();
  for (let batch = 0; batch * size < count; batch += 1) {
    const { placed } = index.plan(requestOf(batch, size));
    if (placed.length < size) throw new Error(`placed ${placed.length} of ${size}`);
    for (const [id, tasks] of Map.groupBy(placed, (each) => each.containerInstanceId)) {
      const candidate = byId.get(id);
      if (!candidate) throw new Error(`no instance ${id}`);
      const added = tasks.map(({ taskId }) => [taskId, { ...DEMAND, reservedAt: 0 }]);
      const reservations = { ...candidate.ledger.reservations, ...Object.fromEntries(added) };
      const next = { ...candidate, ledger: { ...candidate.ledger, reservations } };
      byId.set(id, next);
      index.set(next);
    }
  }
  return perSecond(count, start);
}

const perSecond = (count: number, since: bigint): number =>
  count / (Number(process.hrtime.bigint() - since) / 1e9);

/** What one writes first: all instances, filtered and sorted for each task. */
function placeNaively(from: readonly Candidate[], count: number): number {
  const { demand, requiresAttributes } = requestOf(0, 1);
  const sites = from.map(({ instance, ledger }) => ({
    instance,
    left: remaining(instance.registered, ledger),
    zone: instance.attributes.find(({ name }) => name === "ecs.availability-zone")?.value ?? "",
  }));
  const perZone = new Map<string, number>();
  const start = process.hrtime.bigint();
  for (let task = 0; task < count; task += 1) {
    const [best] = sites
      .filter(
        ({ instance, left }) =>
          misfit(left, demand) === undefined &&
          requiresAttributes.every(({ name }) =>
            instance.attributes.some((each) => each.name === name),
          ),
      )
      .toSorted(
        (a, b) =>
          (perZone.get(a.zone) ?? 0) - (perZone.get(b.zone) ?? 0) ||
          a.left.memoryMiB - b.left.memoryMiB,
      );
    if (!best) throw new Error(`placed ${task} of ${count}`);
    best.left = without(best.left, demand);
    perZone.set(best.zone, (perZone.get(best.zone) ?? 0) + 1);
  }
  return perSecond(count, start);
}
