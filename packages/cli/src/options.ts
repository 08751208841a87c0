import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { EVENT_TYPES } from "./event-text.ts";

/** BERTH on a telephone's keys, and below the ports that kernels give out by themselves. */
const DEFAULT_PORT = 23784;
const DEFAULT_INSTANCES = 3;
/** Each has its own address in 127.0.<block>.0/24 and its own process. */
const MAX_INSTANCES = 50;
const DEFAULT_LINES = 50;

/** Made anew for each command that takes it: commander keeps values in them. */
export const dataDirOption = () =>
  new Option("--data-dir <path>", "where state is kept")
    .env("BERTH_DATA_DIR")
    .default(join(homedir(), ".berth"), "~/.berth")
    .argParser((path) => resolve(path));

export const portOption = () =>
  new Option("--port <number>", "the port on 127.0.0.1 that answers")
    .env("BERTH_PORT")
    .default(DEFAULT_PORT)
    .argParser((text) => wholeNumber(text, 1, 65_535));

export const instancesOption = () =>
  new Option("--instances <number>", "how many container instances to simulate")
    .default(DEFAULT_INSTANCES)
    .argParser((text) => wholeNumber(text, 1, MAX_INSTANCES));

export const addressBlockOption = () =>
  new Option(
    "--address-block <number>",
    "container instances have the addresses 127.0.<number>.1 and following; of two Berths on one machine each needs its own",
  )
    .env("BERTH_ADDRESS_BLOCK")
    .default(1)
    .argParser((text) => wholeNumber(text, 1, 255));

export const autoScalingGroupsOption = () =>
  new Option(
    "--auto-scaling-groups <name...>",
    "the groups that the container instances are of, in turn: what capacity providers have",
  ).default([], "none");

export const regionOption = () =>
  new Option("--region <name>", "AWS region to be part of every ARN; fixed at the first start").env(
    "BERTH_REGION",
  );

export const endpointOption = () =>
  new Option(
    "--endpoint <url>",
    "a Berth elsewhere, with the AWS credentials and region of the environment or of AWS_PROFILE",
  ).argParser((text) => httpUrl(text));

export const jsonOption = () => new Option("--json", "print JSON for programs").default(false);

export const eventTypeOption = () =>
  new Option("--type <type...>", "only events of these kinds").choices(EVENT_TYPES).default([]);

export const linesOption = () =>
  new Option("--lines <number>", "how many of the past to begin with")
    .default(DEFAULT_LINES)
    .argParser((text) => wholeNumber(text, 0, Number.MAX_SAFE_INTEGER));
/** Such as `--start-ms`. */
export const millisecondsOption = (name: string, description: string) =>
  new Option(`--${name}-ms <number>`, `${description}, in ms`).argParser((text) =>
    wholeNumber(text, 0, 6 * 3_600_000),
  );

export const countOption = (flags: string, least: number, most: number) =>
  new Option(flags).argParser((text) => wholeNumber(text, least, most));

export const seedOption = () =>
  new Option("--seed <number>", "instead of the scenario's own").argParser((text) =>
    wholeNumber(text, 0, 2 ** 32 - 1),
  );

/** The options of a command that asks a Berth here or elsewhere. */
export const withTarget = (command: Command): Command =>
  command.addOption(dataDirOption()).addOption(endpointOption()).addOption(jsonOption());

function httpUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new InvalidArgumentError("It must be an http(s) URL.");
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  }
  return value;
}
