import { isReadOnly, operationNames } from "@berth/contracts/ecs-api/operation-names";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import { commands } from "@berth/control-plane/commands/registry";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Json } from "@berth/testing/odd-values";
import { examplesWith } from "./examples.ts";
import { knownTexts, namesIn } from "./names.ts";
import { probes } from "./probes.ts";
import { FuzzWorld } from "./world.ts";

/** What Berth answers of an operation. */
export interface Coverage {
  readonly operation: ModelOperationName;
  readonly isThere: boolean;
  /** What its requests may ask for in ECS and not yet here: the refusal's words, and the members that ask. */
  readonly missing: ReadonlyMap<string, ReadonlySet<string>>;
}

/** After so many writes of requests a cluster may have nothing left to ask about. */
const CALLS_OF_A_WORLD = 40;
const NOT_THERE = /^Berth does not have this yet: (.*)\.$/;

/** Asks the whole API, operation by operation and member by member. */
export async function coverage(): Promise<readonly Coverage[]> {
  const covered: Coverage[] = [];
  for (const operation of operationNames()) {
    const isThere = Object.hasOwn(commands, operation);
    const missing = isThere ? await missingOf(operation) : new Map<string, Set<string>>();
    covered.push({ operation, isThere, missing });
  }
  return covered;
}

async function missingOf(operation: ModelOperationName): Promise<Map<string, Set<string>>> {
  const missing = new Map<string, Set<string>>();
  let world = await FuzzWorld.start(createMemoryTable());
  const names = await namesIn(world.api.controlPlane);
  const known = knownTexts(world.api.controlPlane, names);
  const example = (examplesWith(names)[operation] ?? {}) as Json;
  for (const [index, probe] of probes(operation, { known, example }).entries()) {
    const isUsedUp = !isReadOnly(operation) && index % CALLS_OF_A_WORLD === CALLS_OF_A_WORLD - 1;
    if (isUsedUp) world = await FuzzWorld.start(createMemoryTable());
    const { body = "" } = await world.api.call(operation, JSON.stringify(probe.body));
    const feature = NOT_THERE.exec(String(JSON.parse(body).message))?.[1];
    if (feature === undefined) continue;
    const asked = probe.value === undefined ? probe.member : `${probe.member}=${probe.value}`;
    missing.set(feature, (missing.get(feature) ?? new Set()).add(asked));
  }
  return missing;
}
