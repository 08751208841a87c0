import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { taskSetFile, type TaskSetScenario } from "./scenario.ts";

/** Every scenario of task sets with the source that it follows. */
export function readTaskSetScenarios(): readonly TaskSetScenario[] {
  const directory = import.meta.dirname;
  return readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .toSorted()
    .flatMap((file) => parseFile(file, readFileSync(join(directory, file), "utf8")));
}

function parseFile(file: string, text: string): readonly TaskSetScenario[] {
  const parsed = taskSetFile.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { rule, source: usual, scenarios } = parsed.data;
  return scenarios.map(({ source = usual, ...scenario }) =>
    Object.assign({}, scenario, { rule, source }),
  );
}
