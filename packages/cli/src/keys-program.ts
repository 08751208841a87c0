import { type Command, Option } from "commander";
import {
  createKey,
  type CreateKeyOptions,
  deleteKey,
  listKeys,
  type ListKeysOptions,
  switchKey,
} from "./commands/keys.ts";
import { withTarget } from "./options.ts";
import type { RestOptions } from "./with-berth.ts";

/** `berth keys …`: access keys of principals and agents. */
export function addKeys(program: Command): void {
  const keys = program
    .command("keys")
    .description("Make, list, switch off and delete access keys.");
  withTarget(keys.command("create"))
    .description("Make an access key. Its secret is shown now and never again.")
    .requiredOption("--principal <name>", "whose it is, such as a person, a team or a pipeline")
    .addOption(new Option("--administrator", "it may do everything").conflicts(["policy", "agent"]))
    .addOption(
      new Option("--policy <file>", "it may do what this IAM policy allows").conflicts("agent"),
    )
    .option("--agent", "it is for container instance agents")
    .option("--expires-at <time>", "ISO 8601, such as 2027-01-31T00:00:00Z; otherwise it lasts")
    .action(async (options: CreateKeyOptions) => {
      process.exitCode = await createKey(options);
    });
  withTarget(keys.command("list"))
    .description("List access keys, without their secrets.")
    .option(
      "--temporary",
      "those that instances got when they joined with their EC2 identity",
      false,
    )
    .action(async (options: ListKeysOptions) => {
      process.exitCode = await listKeys(options);
    });
  addSwitch(
    keys,
    "disable",
    "Inactive",
    "Switch an access key off: it is refused within a minute.",
  );
  addSwitch(keys, "enable", "Active", "Switch an access key on again.");
  withTarget(keys.command("delete <access-key-id>"))
    .description("Delete an access key for good.")
    .action(async (id: string, options: RestOptions) => {
      process.exitCode = await deleteKey(id, options);
    });
}

function addSwitch(
  keys: Command,
  name: string,
  status: "Active" | "Inactive",
  description: string,
): void {
  withTarget(keys.command(`${name} <access-key-id>`))
    .description(description)
    .action(async (id: string, options: RestOptions) => {
      process.exitCode = await switchKey(id, status, options);
    });
}
