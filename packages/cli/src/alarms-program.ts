import type { SetAlarmBody } from "@berth/contracts/rest/alarms";
import { Argument, type Command } from "commander";
import { deleteAlarm, listAlarms, setAlarm, type SetAlarmOptions } from "./commands/alarms.ts";
import { countOption, withTarget } from "./options.ts";
import type { RestOptions } from "./with-berth.ts";

const STATES: readonly SetAlarmBody["state"][] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/** As the API takes them. */
const MAX_PERIOD_SECONDS = 86_400;
const MAX_PERIODS = 1_000;

/** `berth alarms …`: alarms of Berth's own, at which watched deployments look. */
export function addAlarms(program: Command): void {
  const alarms = program
    .command("alarms")
    .description("Set, list and delete alarms of Berth's own, which deployments may name.");
  withTarget(alarms.command("list"))
    .description("List Berth's own alarms. Those of CloudWatch are not among them.")
    .action(async (options: RestOptions) => {
      process.exitCode = await listAlarms(options);
    });
  withTarget(alarms.command("set <name>"))
    .description("Set the state of an alarm, and make it where there is none.")
    .addArgument(new Argument("<state>").choices(STATES))
    .option("--reason <text>", "why it is in that state")
    .addOption(countOption("--period-seconds <number>", 1, MAX_PERIOD_SECONDS))
    .addOption(countOption("--evaluation-periods <number>", 1, MAX_PERIODS))
    .addHelpText("after", BAKE_HELP)
    .action(async (name: string, state: SetAlarmBody["state"], options: SetAlarmOptions) => {
      process.exitCode = await setAlarm(name, state, options);
    });
  withTarget(alarms.command("delete <name>"))
    .description("Delete an alarm of Berth's own.")
    .action(async (name: string, options: RestOptions) => {
      process.exitCode = await deleteAlarm(name, options);
    });
}

const BAKE_HELP = `
A deployment whose tasks are all healthy waits for the slowest of its alarms, evaluation periods times
period (one minute unless said otherwise, five at most), before it is complete.
`;
