import { operationNames } from "@berth/contracts/ecs-api/operation-names";
import { commands } from "@berth/control-plane/commands/registry";
import { createMemoryTable } from "@berth/store/memory/table";
import { expect, test } from "vitest";
import { dynaliteTables } from "../dynalite-tables.ts";
import { type Drawing, fuzz } from "./fuzz.ts";

/** `FUZZ=2000 FUZZ_SEED=7 FUZZ_TABLE=dynalite npx vitest run --project fuzz` draws more, and others. */
const { FUZZ = "200", FUZZ_SEED = "1", FUZZ_TABLE = "memory" } = process.env;
const drawing: Drawing = {
  count: Number(FUZZ),
  seed: Number(FUZZ_SEED),
  makeTable: FUZZ_TABLE === "dynalite" ? await dynaliteTables() : async () => createMemoryTable(),
};

const [there, notThere] = [
  operationNames().filter((operation) => Object.hasOwn(commands, operation)),
  operationNames().filter((operation) => !Object.hasOwn(commands, operation)),
];

/** What they say is why not. */
const ONLY_REFUSE: ReadonlySet<string> = new Set([
  "ContinueServiceDeployment",
  "ExecuteCommand",
  "UpdateContainerAgent",
]);

test.each(there)("%s answers any request as the model has it", async (operation) => {
  const { accepted, refused, faults } = await fuzz(operation, drawing);
  expect(faults).toEqual([]);
  // Both kinds of answers were looked at.
  expect(accepted > 0).toBe(!ONLY_REFUSE.has(operation));
  expect(refused).toBeGreaterThan(0);
});

test.each(notThere)(
  "%s, which Berth does not have, is refused as the model has it",
  async (operation) => {
    const { accepted, faults } = await fuzz(operation, { ...drawing, count: 10 });
    expect(faults).toEqual([]);
    expect(accepted).toBe(0);
  },
);
