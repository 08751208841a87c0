import type { Command } from "commander";
import { jsonOption, seedOption } from "./options.ts";
import { runProgram } from "./programs.ts";

interface SimulateOptions {
  readonly seed?: number;
  readonly html?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `berth simulate`: needs no Berth that runs. */
export function addSimulate(program: Command): void {
  program
    .command("simulate <scenario>")
    .description("Play a scenario on a virtual clock, and report what became of it.")
    .addOption(seedOption())
    .option("--html <file>", "also write the report as a page with charts")
    .addOption(jsonOption())
    .option("--quiet", "no progress on standard error", false)
    .action(async (scenario: string, { seed, html, json, quiet }: SimulateOptions) => {
      const flags = [
        ...(seed === undefined ? [] : ["--seed", String(seed)]),
        ...(html === undefined ? [] : ["--html", html]),
        ...(json ? ["--json"] : []),
        ...(quiet ? ["--quiet"] : []),
      ];
      process.exitCode = await runProgram("simulate", [...flags, "--", scenario]);
    });
}
