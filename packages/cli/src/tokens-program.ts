import { type Command, Option } from "commander";
import {
  createToken,
  type CreateTokenOptions,
  listTokens,
  revokeToken,
} from "./commands/tokens.ts";
import { withTarget } from "./options.ts";
import type { RestOptions } from "./with-berth.ts";

/** `berth tokens …`: bearer tokens for the REST API. */
export function addTokens(program: Command): void {
  const tokens = program
    .command("tokens")
    .description("Make, list and revoke bearer tokens for the REST API.");
  withTarget(tokens.command("create"))
    .description("Make a token. It is shown now and never again.")
    .requiredOption("--principal <name>", "whose it is, such as a person or a tool")
    .addOption(new Option("--administrator", "it may do everything").conflicts("policy"))
    .option("--policy <file>", "it may do what this IAM policy allows")
    .option("--expires-at <time>", "ISO 8601, at most 366 days away; otherwise 90 days")
    .action(async (options: CreateTokenOptions) => {
      process.exitCode = await createToken(options);
    });
  withTarget(tokens.command("list"))
    .description("List tokens, without what is secret of them.")
    .action(async (options: RestOptions) => {
      process.exitCode = await listTokens(options);
    });
  withTarget(tokens.command("revoke <token-id>"))
    .description("Revoke a token for good: it is refused within a minute.")
    .action(async (id: string, options: RestOptions) => {
      process.exitCode = await revokeToken(id, options);
    });
}
