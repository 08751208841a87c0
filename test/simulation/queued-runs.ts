import { queueRun } from "@berth/control-plane/rest/queue-run";
import { cancelQueuedRun } from "@berth/control-plane/rest/queued-runs";
import { isOver, type QueuedRun } from "@berth/domain/queued-run";
import type { Task } from "@berth/domain/task";
import type { World } from "@berth/simulator/world/world";
import { ONE_OFF_IMAGE } from "./images.ts";
import { nowAndThen } from "./now-and-then.ts";
import type { Snapshot } from "./invariants.ts";

const FAMILY = "bulk";
/** One of them on each instance, and only where services leave room. */
const CPU_UNITS = 1_500;
const EVERYTHING = { limit: 10_000 };

/** What a user was promised. */
interface Promised {
  readonly count: number;
  /** Epoch ms: the deadline cannot be later. */
  readonly before: number;
}

/** Users who run what does not always fit, wait for it, and sometimes change their minds. */
export class QueuedRuns {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #promised = new Map<string, Promised>();
  /** As they were first seen after their verdict. */
  readonly #over = new Map<string, QueuedRun>();

  constructor(world: World) {
    this.#world = world;
  }

  async setUp(): Promise<void> {
    await this.#world.call("RegisterTaskDefinition", {
      family: FAMILY,
      containerDefinitions: [{ name: "main", image: ONE_OFF_IMAGE, cpu: CPU_UNITS, memory: 64 }],
    });
  }

  /** Has somebody queue runs for as long as that. */
  begin(awake: () => boolean): void {
    nowAndThen(this.#world, {
      pause: [5_000, 40_000],
      awake,
      act: async () => this.#queueOne(),
    });
  }

  async #queueOne(): Promise<void> {
    const { scheduler, random } = this.#world;
    const count = random.between(1, 6);
    const deadlineSeconds = random.pick([1, 5, 20, 90]) ?? 1;
    const run = { taskDefinition: FAMILY, count, clientToken: random.hex(16) };
    const { id } = await this.#world.untilAlive((context) =>
      queueRun(context, { run, deadlineSeconds }),
    );
    this.#promised.set(id, { count, before: scheduler.now + deadlineSeconds * 1_000 });
    if (!random.chance(0.5)) return;
    await scheduler.delay(random.between(0, 8_000));
    await this.#world.untilAlive((context) => cancelQueuedRun(context, { id }));
  }

  /** I37 */
  async check({ live, archived }: Snapshot): Promise<void> {
    const runs = await this.#all();
    const owners = new Map(runs.flatMap((run) => run.taskIds.map((id) => [id, run])));
    const tasks = [...live.values(), ...archived.values()].filter(
      ({ group }) => group === `family:${FAMILY}`,
    );
    for (const task of tasks) this.#checkTask(task, owners.get(task.id));
    for (const run of runs) this.#checkRun(run);
  }

  #checkTask({ id, createdAt }: Task, run: QueuedRun | undefined): void {
    if (!run) return this.#tell(`${id} was started for no run`);
    const { before = run.deadline } = this.#promised.get(run.id) ?? {};
    if (createdAt > Math.min(before, run.deadline)) this.#tell(`${id} was started too late`);
    if (isOver(run) && run.unplacedTaskIds.includes(id)) {
      this.#tell(`${id} was started, and ${run.id} is ${run.status} without it`);
    }
  }

  #checkRun(run: QueuedRun): void {
    const { count = run.taskIds.length } = this.#promised.get(run.id) ?? {};
    if (run.taskIds.length !== count) this.#tell(`${run.id} was to be of ${count} tasks`);
    if (!isOver(run)) return;
    const verdict = this.#over.get(run.id) ?? run;
    this.#over.set(run.id, verdict);
    if (verdict.status !== run.status) {
      this.#tell(`${run.id} was ${verdict.status} and is ${run.status}`);
    }
    if ((run.status === "PLACED") !== (run.unplacedTaskIds.length === 0)) {
      this.#tell(`${run.id} is ${run.status} with ${run.unplacedTaskIds.length} not placed`);
    }
  }

  #tell(what: string): void {
    this.broken.push(`I37 ${what}`);
  }

  /** Those without a verdict. */
  async whatIsNotAtRest(): Promise<readonly string[]> {
    const runs = await this.#all();
    return [
      ...runs.filter((run) => !isOver(run)).map(({ id, status }) => `I37 ${id} is still ${status}`),
      ...[...this.#promised.keys()]
        .filter((id) => runs.every((run) => run.id !== id))
        .map((id) => `I37 ${id} was promised and is not there`),
    ];
  }

  async #all(): Promise<readonly QueuedRun[]> {
    return (await this.#world.truth.queuedRuns.page("default", EVERYTHING)).items;
  }
}
