import type { Attribute, InstanceLedger } from "@berth/domain/container-instance";
import { misfit, remaining } from "@berth/domain/container-instance";
import type { Capacity, Demand } from "@berth/domain/resources";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import { TASK_STATUSES } from "@berth/domain/task-status";
import type { TaskReport } from "@berth/planner/lifecycle/task-lifecycle";
import type { Candidate, PlacementRequest } from "@berth/planner/placement/place";
import * as fc from "fast-check";
import {
  aReservation,
  aTask,
  aTaskContainer,
  anInstance,
  aLedger,
  instanceId,
  taskId,
} from "./builders.ts";

/*
 * All of these are narrow on purpose: few sizes, few zones, few times. Wide ones never tie, and a
 * planner's faults are in its ties.
 */

const GROUPS = ["service:web", "service:api", "family:batch"] as const;

/** A group of tasks; few enough that two tasks often share one. */
const groups = fc.constantFrom(...GROUPS);

const demands: fc.Arbitrary<Demand> = fc.record(
  {
    cpuUnits: fc.constantFrom(0, 128, 256),
    memoryMiB: fc.constantFrom(64, 128, 512),
    tcpPorts: fc.constantFrom([], [], [80], [80, 81]),
    udpPorts: fc.constantFrom([], [], [], [53]),
    countable: fc.constantFrom({ GPU: 1 }, { GPU: 1, licence: 2 }),
  },
  { requiredKeys: ["cpuUnits", "memoryMiB", "tcpPorts", "udpPorts"] },
);

const capacities: fc.Arbitrary<Capacity> = fc.record(
  {
    cpuUnits: fc.constantFrom(512, 1024),
    memoryMiB: fc.constantFrom(512, 1024),
    usedTcpPorts: fc.constantFrom([22], [22, 80]),
    usedUdpPorts: fc.constant([]),
    countable: fc.constantFrom({ GPU: 2 }, { GPU: 1, licence: 3 }),
  },
  { requiredKeys: ["cpuUnits", "memoryMiB", "usedTcpPorts", "usedUdpPorts"] },
);

const instanceAttributes: fc.Arbitrary<readonly Attribute[]> = fc
  .tuple(
    fc.subarray(["a", "b", "c"], { maxLength: 1 }),
    fc.subarray(["1", "2"], { maxLength: 1 }),
    fc.subarray(["ecs.capability.efs", "ecs.capability.secrets"]),
  )
  .map(([zones, racks, capabilities]) => {
    const inZone: Attribute[] = zones.map((value) => ({ name: "ecs.availability-zone", value }));
    const inRack: Attribute[] = racks.map((value) => ({ name: "rack", value }));
    return inZone.concat(inRack, ...capabilities.map((name) => ({ name })));
  });

/** Up to six reservations, those left out that the instance has no room for. */
const reservationsWithin = (registered: Capacity): fc.Arbitrary<InstanceLedger["reservations"]> =>
  fc.array(fc.record({ group: groups, demand: demands }), { maxLength: 6 }).map((tasks) => {
    const held: Record<string, InstanceLedger["reservations"][string]> = {};
    tasks.forEach(({ group, demand }, index) => {
      const left = remaining(registered, { reservations: held });
      // Numbers from 1000: these are never among the tasks of a request.
      if (!misfit(left, demand)) held[taskId(group, 1000 + index)] = aReservation(demand);
    });
    return held;
  });

const candidateOf = (id: string): fc.Arbitrary<Candidate> =>
  capacities.chain((registered) =>
    fc
      .record({
        attributes: instanceAttributes,
        reservations: reservationsWithin(registered),
        status: fc.constantFrom("ACTIVE" as const, "ACTIVE" as const, "DRAINING" as const),
        agentConnected: fc.constantFrom(true, true, true, false),
      })
      .map(({ attributes, ...ledger }) => ({
        instance: anInstance({ id, registered, attributes }),
        ledger: aLedger({ id, ...ledger }),
      })),
  );

/** Instances with ledgers that hold no more than there is, by different ids. */
export const candidateLists: fc.Arbitrary<readonly Candidate[]> = fc
  .integer({ min: 0, max: 6 })
  .chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, index) => candidateOf(instanceId(index + 1)))),
  );

const strategies: fc.Arbitrary<PlacementStrategy> = fc.constantFrom(
  { type: "spread", field: "attribute:ecs.availability-zone" } as const,
  { type: "spread", field: "attribute:rack" } as const,
  { type: "spread", field: "instanceId" } as const,
  { type: "spread", field: "host" } as const,
  { type: "binpack", field: "cpu" } as const,
  { type: "binpack", field: "memory" } as const,
  { type: "random" } as const,
);

export const placementRequests: fc.Arbitrary<PlacementRequest> = groups.chain((group) =>
  fc.record({
    taskIds: fc
      .integer({ min: 1, max: 8 })
      .map((count) => Array.from({ length: count }, (_, index) => taskId(group, index + 1))),
    group: fc.constant(group),
    demand: demands,
    requiresAttributes: fc.constantFrom([], [], [{ name: "ecs.capability.efs" }]),
    constraints: fc.constantFrom<readonly PlacementConstraint[]>(
      [],
      [],
      [],
      [{ type: "distinctInstance" }],
      [{ type: "memberOf", expression: "runningTasksCount < 4" }],
      [{ type: "memberOf", expression: "task:group != service:api" }],
      [{ type: "memberOf", expression: "attribute:rack == 1 or attribute:rack !exists" }],
    ),
    strategy: fc.array(strategies, { maxLength: 3 }),
    seed: fc.constantFrom("x", "y", "z"),
  }),
);

const CONTAINER_NAMES = ["main", "sidecar"] as const;
const times = fc.integer({ min: 0, max: 3 });

/** Tasks in every state, with one or two containers. */
export const tasks: fc.Arbitrary<Task> = fc
  .record({
    group: groups,
    number: fc.integer({ min: 1, max: 4 }),
    lastStatus: fc.constantFrom(...TASK_STATUSES),
    desiredStatus: fc.constantFrom("RUNNING" as const, "STOPPED" as const),
    createdAt: times,
    statuses: fc.array(fc.constantFrom("PENDING" as const, "RUNNING" as const), {
      minLength: 1,
      maxLength: CONTAINER_NAMES.length,
    }),
  })
  .map(({ group, number, statuses, lastStatus, desiredStatus, createdAt }) =>
    aTask({
      group,
      id: taskId(group, number),
      lastStatus,
      desiredStatus: lastStatus === "STOPPED" ? "STOPPED" : desiredStatus,
      createdAt,
      containers: statuses.map((status, index) =>
        aTaskContainer({
          name: CONTAINER_NAMES[index] ?? "main",
          lastStatus: lastStatus === "STOPPED" ? "STOPPED" : status,
        }),
      ),
    }),
  );

const reportStatuses = fc.constantFrom("PENDING" as const, "RUNNING" as const, "STOPPED" as const);

/** Any report an agent could send, sensible or not. */
export const taskReports: fc.Arbitrary<TaskReport> = fc.record(
  {
    status: reportStatuses,
    reason: fc.constantFrom("", "Host lost its mind"),
    containers: fc.array(
      fc.record(
        {
          containerName: fc.constantFrom(...CONTAINER_NAMES),
          status: reportStatuses,
          exitCode: fc.constantFrom(0, 137),
          runtimeId: fc.constantFrom("d1", "d2"),
          reason: fc.constantFrom("", "CannotPullContainerError: not there"),
        },
        { requiredKeys: ["containerName", "status"] },
      ),
      { maxLength: 3 },
    ),
    pullStartedAt: times,
    pullStoppedAt: times,
    executionStoppedAt: times,
  },
  { requiredKeys: ["containers"] },
);
