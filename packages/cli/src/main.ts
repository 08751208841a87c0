import { CommanderError } from "commander";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { berthProgram } from "./program.ts";

try {
  await berthProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  } else {
    process.stderr.write(`berth: ${(error as Error).message}\n`);
    process.exitCode = EXIT_CODES.failure;
  }
}
