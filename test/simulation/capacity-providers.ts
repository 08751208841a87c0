import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import { taskSourcesOf } from "@berth/domain/task-source";
import type { World } from "@berth/simulator/world/world";
import { GOOD_IMAGE } from "./images.ts";
import type { Snapshot } from "./invariants.ts";
import { nowAndThen } from "./now-and-then.ts";
import { ignoreRefusal } from "./users.ts";

const SERVICE = "shared";
const STRATEGIES = [
  [
    { capacityProvider: "steady", base: 1, weight: 1 },
    { capacityProvider: "spot", weight: 3 },
  ],
  [{ capacityProvider: "spot" }],
  [
    { capacityProvider: "spot", weight: 1 },
    { capacityProvider: "steady", weight: 1 },
  ],
] as const;

/** A machine keeps its group for life, and one zone is another group's. */
export const groupIn = (zone: string): string =>
  zone.endsWith("a") ? "steady-group" : "spot-group";

/** Users of a service whose tasks a strategy shares out, who change their minds about it. */
export class CapacityProviders {
  readonly broken: string[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async setUp(): Promise<void> {
    const world = this.#world;
    for (const name of ["steady", "spot"]) {
      const autoScalingGroupProvider = { autoScalingGroupArn: `${name}-group` };
      await world.call("CreateCapacityProvider", { name, autoScalingGroupProvider });
    }
    await world.call("PutClusterCapacityProviders", {
      cluster: "default",
      capacityProviders: ["steady", "spot"],
      defaultCapacityProviderStrategy: [],
    });
    await world.call("RegisterTaskDefinition", {
      family: SERVICE,
      containerDefinitions: [{ name: "main", image: GOOD_IMAGE, cpu: 64, memory: 64 }],
    });
    await world.call("CreateService", {
      serviceName: SERVICE,
      taskDefinition: SERVICE,
      desiredCount: 2,
      clientToken: "create-shared",
      capacityProviderStrategy: [...STRATEGIES[0]],
    });
  }

  /** Is at work for as long as that. */
  begin(awake: () => boolean): void {
    const act = async () => this.#act().catch(ignoreRefusal);
    nowAndThen(this.#world, { pause: [3_000, 20_000], awake, act });
  }

  async #act(): Promise<void> {
    const world = this.#world;
    const { random } = world;
    const capacityProviderStrategy = [...(random.pick(STRATEGIES) ?? [])];
    const desiredCount = random.between(0, 5);
    const actions = [
      async () => world.call("UpdateService", { service: SERVICE, desiredCount }),
      async () =>
        world.call("UpdateService", {
          service: SERVICE,
          capacityProviderStrategy,
          forceNewDeployment: true,
        }),
      async () =>
        world.call("RunTask", {
          taskDefinition: "batch",
          count: 3,
          clientToken: random.hex(16),
          capacityProviderStrategy,
        }),
    ];
    await random.pick(actions)?.();
  }

  /** I42 */
  check({ live, instances, services }: Snapshot): void {
    const groups = new Map(
      instances.map(({ instance }) => [
        instance.id,
        instance.attributes.find(({ name }) => name === AUTO_SCALING_GROUP)?.value,
      ]),
    );
    const service = services.get(SERVICE);
    const sources = new Map(
      (service ? taskSourcesOf(service) : []).map(({ id, capacityProviderStrategy = [] }) => [
        id,
        new Set(capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider)),
      ]),
    );
    for (const task of live.values()) {
      this.#checkPlace(task, groups);
      if (task.group === serviceGroup(SERVICE)) this.#checkShare(task, sources);
    }
  }

  #checkPlace(
    { id, capacityProviderName, containerInstanceId }: Task,
    groups: ReadonlyMap<string, string | undefined>,
  ): void {
    if (capacityProviderName === undefined || !groups.has(containerInstanceId)) return;
    const group = groups.get(containerInstanceId);
    if (group === `${capacityProviderName}-group`) return;
    this.#tell(`${id} of ${capacityProviderName} is on an instance of ${group}`);
  }

  /** Tasks of a deployment that is gone are on their way out. */
  #checkShare(
    { id, startedBy = "", capacityProviderName = "" }: Task,
    sources: ReadonlyMap<string, ReadonlySet<string>>,
  ): void {
    if (sources.get(startedBy)?.has(capacityProviderName) ?? true) return;
    this.#tell(`${id} of ${startedBy} is of ${capacityProviderName}, which has no share in it`);
  }

  #tell(what: string): void {
    this.broken.push(`I42 ${what}`);
  }
}
