import type { ContainerInstance } from "@berth/domain/container-instance";
import type { Stored } from "../store.ts";

/** So many descriptions (about 2 KB each) fit into a small function. */
const CAPACITY = 20_000;

/** Descriptions read lately, by id and version: they are long and seldom change. */
export class DescriptionCache {
  readonly #byId = new Map<string, Stored<ContainerInstance>>();

  get(id: string, version: number): Stored<ContainerInstance> | undefined {
    const cached = this.#byId.get(id);
    return cached?.version === version ? cached : undefined;
  }

  add(instance: Stored<ContainerInstance>): void {
    this.#byId.delete(instance.id);
    this.#byId.set(instance.id, instance);
    if (this.#byId.size <= CAPACITY) return;
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined) this.#byId.delete(oldest);
  }
}
