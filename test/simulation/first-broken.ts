import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import { runScenario } from "./scenario.ts";

/** What is broken first in one of so many worlds, whose table breaks a promise. */
export async function firstBroken(
  plant: (table: Table) => Table,
  worlds: number,
): Promise<string | undefined> {
  for (let seed = 1; seed <= worlds; seed += 1) {
    const { broken } = await runScenario(seed, plant(createMemoryTable()));
    if (broken.length > 0) return broken[0];
  }
  return undefined;
}
