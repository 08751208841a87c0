import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import { computedDesiredCount, type TaskSet } from "@berth/domain/task-set";
import { boundsOf } from "@berth/planner/service/bounds";
import type { World } from "@berth/simulator/world/world";
import { BROKEN_IMAGE, GOOD_IMAGE } from "./images.ts";
import { snapshotOf, type Snapshot } from "./invariants.ts";
import { nowAndThen } from "./now-and-then.ts";
import { ignoreRefusal } from "./users.ts";

const SERVICE = "shop";
const NAMED = { cluster: "default", service: SERVICE } as const;
const MOST_SETS = 5;
const SCALES = [0, 30, 50, 100];
/** Bounds hold for what was asked when a decision was made. */
const MEMORY_MS = 60_000;

interface Asked {
  readonly at: number;
  /** So many tasks the set may have while some are replaced. */
  readonly ceiling: number;
}

/** An outside controller that makes, scales, promotes and deletes the task sets of a service. */
export class TaskSets {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #asked = new Map<string, readonly Asked[]>();
  readonly #gone = new Set<string>();
  #before: Snapshot | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  async setUp(): Promise<void> {
    for (const [family, image] of [
      ["shop", GOOD_IMAGE],
      ["shop-broken", BROKEN_IMAGE],
    ] as const) {
      const container = { name: "main", image, cpu: 64, memory: 64 };
      await this.#world.call("RegisterTaskDefinition", {
        family,
        containerDefinitions: [container],
      });
    }
    await this.#createService();
  }

  /** Is at work for as long as that. */
  begin(awake: () => boolean): void {
    const act = async () => this.#act().catch(ignoreRefusal);
    nowAndThen(this.#world, { pause: [2_000, 15_000], awake, act });
  }

  async #act(): Promise<void> {
    const world = this.#world;
    const { random } = world;
    const service = await world.truth.services.find("default", SERVICE);
    const taskSet = random.pick(service?.taskSets ?? [])?.id ?? "ecs-svc/1";
    const value = random.pick(SCALES) ?? 0;
    const actions = [
      async () => this.#createSet(value),
      async () => this.#createSet(value),
      async () => world.call("UpdateTaskSet", { ...NAMED, taskSet, scale: { value } }),
      async () => world.call("UpdateTaskSet", { ...NAMED, taskSet, scale: { value } }),
      async () => world.call("UpdateServicePrimaryTaskSet", { ...NAMED, primaryTaskSet: taskSet }),
      async () => world.call("DeleteTaskSet", { ...NAMED, taskSet, force: random.chance(0.7) }),
      async () => world.call("UpdateService", { ...NAMED, desiredCount: random.between(0, 3) }),
      async () => this.#beginAnew(),
    ];
    await random.pick(actions)?.();
  }

  async #createSet(value: number): Promise<void> {
    const { random } = this.#world;
    await this.#world.call("CreateTaskSet", {
      ...NAMED,
      taskDefinition: random.chance(0.1) ? "shop-broken" : "shop",
      scale: { value, unit: "PERCENT" },
      clientToken: random.hex(16),
    });
  }

  async #createService(): Promise<void> {
    await this.#world.call("CreateService", {
      serviceName: SERVICE,
      deploymentController: { type: "EXTERNAL" },
      desiredCount: this.#world.random.between(0, 3),
    });
  }

  async #beginAnew(): Promise<void> {
    if (this.#world.random.chance(0.7)) return;
    await this.#world.call("DeleteService", { ...NAMED, force: true });
    await this.#world.scheduler.delay(10_000);
    await this.#createService();
  }

  /** I39 */
  check(after: Snapshot, now: number): void {
    const before = this.#before;
    this.#before = after;
    const service = after.services.get(SERVICE);
    const sets = service?.taskSets ?? [];
    if (sets.length > MOST_SETS) this.#tell(`there are ${sets.length} sets`);
    if (sets.filter(({ status }) => status === "PRIMARY").length > 1) {
      this.#tell("two sets are PRIMARY");
    }
    this.#stayGone(sets, before?.services.get(SERVICE)?.taskSets ?? []);
    for (const set of sets) this.#checkCeiling(service, set, { before, after, now });
  }

  #stayGone(sets: readonly TaskSet[], earlier: readonly TaskSet[]): void {
    const present = new Set(sets.map(({ id }) => id));
    for (const id of present) if (this.#gone.has(id)) this.#tell(`${id} was gone and is back`);
    for (const { id } of earlier) if (!present.has(id)) this.#gone.add(id);
  }

  #checkCeiling(
    service: Service | undefined,
    set: TaskSet,
    { before, after, now }: { before: Snapshot | undefined; after: Snapshot; now: number },
  ): void {
    if (!service) return;
    const wanted = computedDesiredCount(service, set);
    const { ceiling } = boundsOf(wanted, service.deploymentConfiguration);
    const known = this.#asked.get(set.id) ?? [];
    const history = known.at(-1)?.ceiling === ceiling ? known : [...known, { at: now, ceiling }];
    this.#asked.set(set.id, history);
    const recent = history.filter(
      (_, index) => (history[index + 1]?.at ?? Infinity) > now - MEMORY_MS,
    );
    const allowed = Math.max(...recent.map((asked) => asked.ceiling));
    const count = aliveIn(after, set).length;
    const had = before ? aliveIn(before, set).length : 0;
    if (count > had && count > allowed) {
      this.#tell(`${set.id} has ${count} tasks, and ${allowed} at most were allowed`);
    }
  }

  #tell(what: string): void {
    this.broken.push(`I39 ${what}`);
  }

  /** Sets that have not come to their counts, and tasks of sets that are gone. */
  async whatIsNotAtRest(): Promise<readonly string[]> {
    const snapshot = await snapshotOf(this.#world.truth);
    const service = snapshot.services.get(SERVICE);
    const sets = service?.taskSets ?? [];
    const known = new Set<string | undefined>(sets.map(({ id }) => id));
    const strays = tasksIn(snapshot).filter(({ startedBy }) => !known.has(startedBy));
    return [
      ...strays.map(({ id, startedBy }) => `I39 ${id} of ${startedBy}, which is gone, is left`),
      ...(service?.status === "DRAINING" ? [`I39 ${SERVICE} is still DRAINING`] : []),
      ...sets.flatMap((set) => (service ? restless(service, set, aliveIn(snapshot, set)) : [])),
    ];
  }
}

/** Whether some set of the service does not come up: it goes on trying. */
export const hasLoopingSet = ({ taskSets = [] }: Service): boolean =>
  taskSets.some(({ failures }) => failures.failedTasks > 0);

const tasksIn = ({ live }: Snapshot): readonly Task[] =>
  [...live.values()].filter((task) => task.group === serviceGroup(SERVICE));

const aliveIn = (snapshot: Snapshot, { id }: TaskSet): readonly Task[] =>
  tasksIn(snapshot).filter((task) => task.startedBy === id && task.lastStatus !== "STOPPED");

function restless(service: Service, set: TaskSet, alive: readonly Task[]): readonly string[] {
  if (set.failures.failedTasks > 0) return [];
  const wanted = computedDesiredCount(service, set);
  const running = alive.filter(
    (task) => task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING",
  ).length;
  const faults = {
    "is still DRAINING": set.status === "DRAINING",
    [`runs ${running} of ${wanted}, of ${alive.length}`]:
      running !== wanted || alive.length !== wanted,
    [`is ${set.stabilityStatus}`]: set.stabilityStatus !== "STEADY_STATE",
  };
  return Object.entries(faults).flatMap(([fault, is]) => (is ? [`I39 ${set.id} ${fault}`] : []));
}
