import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import { OWN_TASK_NETWORK } from "@berth/domain/awsvpc";
import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import type { Table } from "@berth/store/table";
import { limitedTable } from "@berth/testing/limited-table";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { watchWrites } from "@berth/testing/watch-writes";
import { WholeApi } from "@berth/testing/whole-api";
import { Invariants, snapshotOf } from "../simulation/invariants.ts";
import { REGISTRATION } from "./examples.ts";
import { reservationFaults } from "./reservations.ts";

/** Each round of wake-ups makes more of them; what still wakes after so many only waits. */
const ROUNDS = 6;

/** The whole API over a table that keeps to DynamoDB's limits, with a cluster at work in it. */
export class FuzzWorld {
  readonly api: WholeApi;
  readonly #invariants = new Invariants();
  #writes = 0;

  private constructor(table: Table) {
    const watched = watchWrites(limitedTable(table), () => {
      this.#writes += 1;
    });
    this.api = WholeApi.on({
      ...watched,
      delete: async (key, version) => {
        this.#writes += 1;
        return watched.delete(key, version);
      },
    });
  }

  static async start(table: Table): Promise<FuzzWorld> {
    const world = new FuzzWorld(table);
    await setUpCluster(world.api.controlPlane, {
      instanceCount: 3,
      instance: {
        attributes: [
          { name: "ecs.availability-zone", value: "eu-central-1a" },
          { name: AUTO_SCALING_GROUP, value: "spot-group" },
          { name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" },
          { name: "ecs.capability.task-eni" },
          { name: OWN_TASK_NETWORK },
        ],
        registered: {
          cpuUnits: 100_000,
          memoryMiB: 100_000,
          usedTcpPorts: [22],
          usedUdpPorts: [],
        },
      },
    });
    for (const [operation, request] of HISTORY) await world.#must(operation, request);
    await world.settle();
    return world;
  }

  /** So many items were written so far, or deleted. */
  get writes(): number {
    return this.#writes;
  }

  /** Lets the controllers do what they were woken for. */
  async settle(): Promise<void> {
    const { controlPlane } = this.api;
    for (let round = 0; round < ROUNDS; round += 1) {
      const messages = controlPlane.wakes.splice(0).map(({ message }) => JSON.stringify(message));
      for (const message of new Set(messages)) await handleWake(controlPlane, JSON.parse(message));
    }
  }

  /** What does not hold any more. */
  async broken(): Promise<readonly string[]> {
    const { controlPlane } = this.api;
    this.#invariants.check(await snapshotOf(controlPlane.store), controlPlane.now());
    // Those of services want a look after each single write: the simulation has it.
    return this.#invariants.broken.splice(0).filter((fault) => !/^I[348] /.test(fault));
  }

  /** The same once the controllers are done, when reservations and tasks agree. */
  async brokenAtRest(): Promise<readonly string[]> {
    const faults = reservationFaults(await snapshotOf(this.api.controlPlane.store));
    return [...(await this.broken()), ...faults];
  }

  async #must(operation: ModelOperationName, request: object): Promise<void> {
    const answer = await this.api.call(operation, JSON.stringify(request));
    if (answer.statusCode !== 200) throw new Error(`${operation}: ${answer.body}`);
    await this.settle();
  }
}

/** What has been asked for in the cluster before: it runs tasks, services and a task set. */
const HISTORY: readonly (readonly [ModelOperationName, object])[] = [
  ["CreateCluster", { clusterName: "other" }],
  ...["spot", "steady", "unused"].map((name): [ModelOperationName, object] => [
    "CreateCapacityProvider",
    { name, autoScalingGroupProvider: { autoScalingGroupArn: `${name}-group` } },
  ]),
  [
    "PutClusterCapacityProviders",
    {
      cluster: "default",
      capacityProviders: ["spot", "steady", "FARGATE"],
      defaultCapacityProviderStrategy: [],
    },
  ],
  ["RegisterTaskDefinition", REGISTRATION],
  ["RegisterTaskDefinition", REGISTRATION],
  ["DeregisterTaskDefinition", { taskDefinition: "web:3" }],
  [
    "CreateService",
    {
      serviceName: "web",
      taskDefinition: "web:1",
      desiredCount: 2,
      enableExecuteCommand: true,
    },
  ],
  ["UpdateService", { service: "web", taskDefinition: "web:2" }],
  [
    "CreateService",
    { serviceName: "sets", deploymentController: { type: "EXTERNAL" }, desiredCount: 2 },
  ],
  [
    "CreateTaskSet",
    { cluster: "default", service: "sets", taskDefinition: "web:1", scale: { value: 100 } },
  ],
  [
    "CreateTaskSet",
    { cluster: "default", service: "sets", taskDefinition: "web:2", scale: { value: 50 } },
  ],
  ["RunTask", { taskDefinition: "web:1", count: 3 }],
  [
    "RegisterTaskDefinition",
    {
      family: "vpc",
      networkMode: "awsvpc",
      containerDefinitions: [{ name: "main", image: "busybox", memory: 64 }],
    },
  ],
  [
    "CreateService",
    {
      serviceName: "own",
      taskDefinition: "vpc:1",
      desiredCount: 2,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    },
  ],
  [
    "CreateService",
    {
      serviceName: "shared",
      taskDefinition: "web:1",
      desiredCount: 2,
      capacityProviderStrategy: [
        { capacityProvider: "steady", base: 1 },
        { capacityProvider: "spot", weight: 1 },
      ],
    },
  ],
];
