/**
 * Plays a scenario: `node main.ts SCENARIO.yaml [--seed N] [--json] [--html FILE] [--quiet]`. Ends
 * with 1 where a bound was broken or the control plane failed, with 2 where there is no scenario.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { reportPage } from "./report/report-page.ts";
import { reportText } from "./report/report-text.ts";
import { readScenario, ScenarioError } from "./scenario/read-scenario.ts";
import { runScenario } from "./scenario/run-scenario.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    html: { type: "string" },
    quiet: { type: "boolean", default: false },
  },
});

try {
  process.exitCode = await simulate(positionals[0] ?? "");
} catch (error) {
  if (!(error instanceof ScenarioError)) throw error;
  process.stderr.write(`${positionals[0] ?? ""} is no scenario:\n${error.message}\n`);
  process.exitCode = EXIT_CODES.usage;
}

async function simulate(path: string): Promise<number> {
  const scenario = readScenario(readText(path));
  const seed = values.seed === undefined ? scenario.seed : Number(values.seed);
  const report = await runScenario({ ...scenario, seed }, progress);
  if (values.html !== undefined) writeFileSync(values.html, reportPage(report));
  const text = values.json ? JSON.stringify(report, undefined, 2) : reportText(report);
  process.stdout.write(`${text}\n`);
  const isFaulty = report.violations.length + report.bugs.length > 0;
  return isFaulty ? EXIT_CODES.failure : EXIT_CODES.ok;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ScenarioError((error as Error).message);
  }
}

/** Beside the report, whose bytes depend on the scenario alone. */
function progress(text: string): void {
  if (values.quiet) return;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stderr.write(`${performance.now().toFixed(0)} ms, ${memory} MiB: ${text}\n`);
}
