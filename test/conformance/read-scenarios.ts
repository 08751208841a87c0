import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type Scenario, scenarioFile } from "./scenario.ts";

const DIRECTORY = join(import.meta.dirname, "placement");

/** Every scenario of the suite with the source that it follows. */
export function readScenarios(): readonly Scenario[] {
  return readdirSync(DIRECTORY)
    .toSorted()
    .flatMap((file) => parseScenarios(file, readFileSync(join(DIRECTORY, file), "utf8")));
}

/** @throws Error that names the file and what is wrong in it */
export function parseScenarios(file: string, text: string): readonly Scenario[] {
  const parsed = scenarioFile.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { rule, source, scenarios } = parsed.data;
  const inFile = (scenario: z.infer<typeof scenarioFile>["scenarios"][number]): Scenario => ({
    ...scenario,
    rule,
    source: scenario.source ?? source,
  });
  return scenarios.map(inFile);
}
