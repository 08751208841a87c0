import type { Behaviour } from "../world/behaviour.ts";
import { healthChecks } from "../world/behaviour.ts";
import type { ClusterView } from "../world/cluster-view.ts";
import type { Random } from "../world/random.ts";
import type { MsRange, TaskBehaviour } from "./scenario.ts";

const START: MsRange = { least: 2_000, most: 8_000 };
const STOP: MsRange = { least: 500, most: 2_000 };

/** What the tasks of a scenario do. More can be said while it runs. */
export class Behaviours {
  readonly #told: TaskBehaviour[];
  readonly #random: Random;
  readonly #view: ClusterView;

  constructor(told: readonly TaskBehaviour[], random: Random, view: ClusterView) {
    this.#told = [...told];
    this.#random = random;
    this.#view = view;
  }

  /** From now on; what runs already goes on as it was. */
  tell(behaviour: TaskBehaviour): void {
    this.#told.push(behaviour);
  }

  readonly scriptOf: Behaviour = ({ family, version }) => {
    const name = `${family}:${version}`;
    const { start, stop, failureRate, exits, unhealthyAfter } = this.#of(family, name);
    return {
      startMs: this.#draw(start ?? START),
      stopMs: this.#draw(stop ?? STOP),
      failsToStart: this.#random.chance(failureRate ?? 0),
      ...healthChecks(this.#view.definitions.get(name)),
      ...(exits && { exits: { afterMs: this.#draw(exits.after), exitCode: exits.code } }),
      ...(unhealthyAfter && { unhealthyMs: this.#draw(unhealthyAfter) }),
    };
  };

  #of(family: string, name: string): Partial<TaskBehaviour> {
    const fitting = this.#told.filter(({ taskDefinition }) =>
      [family, name].includes(taskDefinition),
    );
    return Object.assign({}, ...fitting);
  }

  #draw({ least, most }: MsRange): number {
    return this.#random.between(least, most);
  }
}
