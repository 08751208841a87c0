import { Command } from "commander";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { events, type EventsOptions } from "./commands/events.ts";
import { status } from "./commands/status.ts";
import { templates } from "./commands/templates.ts";
import { top } from "./commands/top.ts";
import { up, type UpOptions } from "./commands/up.ts";
import { why } from "./commands/why.ts";
import { addAlarms } from "./alarms-program.ts";
import { addKeys } from "./keys-program.ts";
import { addTokens } from "./tokens-program.ts";
import {
  addressBlockOption,
  autoScalingGroupsOption,
  dataDirOption,
  endpointOption,
  eventTypeOption,
  instancesOption,
  jsonOption,
  linesOption,
  portOption,
  regionOption,
  withTarget,
} from "./options.ts";
import { addPlan } from "./plan-program.ts";
import { addStreams } from "./streams-program.ts";
import { addSimulate } from "./simulate-program.ts";
import { addQueue } from "./queue-program.ts";
import { runProgram } from "./programs.ts";
import { type Subject, whySubject } from "./why-subject.ts";
import type { ClusterOptions, RestOptions } from "./with-berth.ts";

const EXIT_CODE_HELP = `
Exit codes:
  ${EXIT_CODES.ok}  done
  ${EXIT_CODES.failure}  failed; the reason is on standard error
  ${EXIT_CODES.usage}  not a command or option that berth knows
  ${EXIT_CODES.engineMissing}  up: there is no Docker Engine to use
  ${EXIT_CODES.alreadyRunning}  up: Berth already runs on this data directory
  ${EXIT_CODES.notRunning}  status, why, plan, exec, logs, port-forward, top, templates, queue, alarms, keys, tokens: Berth does not run on this data directory
`;

/** The command line of `berth`. Throws commander's errors instead of ending the process. */
export function berthProgram(): Command {
  const program = new Command("berth")
    .description("A container orchestrator that speaks the Amazon ECS API.")
    .exitOverride()
    .showHelpAfterError()
    .addHelpText("after", EXIT_CODE_HELP);
  addUp(program);
  addDown(program);
  addStatus(program);
  addEvents(program);
  addWhy(program);
  addPlan(program);
  addSimulate(program);
  addStreams(program);
  addTop(program);
  addTemplates(program);
  addAgent(program);
  addQueue(program);
  addAlarms(program);
  addKeys(program);
  addTokens(program);
  for (const command of everyCommand(program)) {
    command.exitOverride().copyInheritedSettings(program);
  }
  return program;
}

const everyCommand = (parent: Command): readonly Command[] =>
  parent.commands.flatMap((command) => [command, ...everyCommand(command)]);

function addUp(program: Command): void {
  program
    .command("up")
    .description("Start the control plane and the container instances on this machine.")
    .addOption(instancesOption())
    .addOption(autoScalingGroupsOption())
    .addOption(addressBlockOption())
    .addOption(dataDirOption())
    .addOption(portOption())
    .addOption(regionOption())
    .option("--install-engine", "as root: install Docker Engine where there is none", false)
    .addOption(jsonOption())
    .action(async (options: UpOptions) => {
      process.exitCode = await up(options);
    });
}

function addDown(program: Command): void {
  program
    .command("down")
    .description("Stop everything: the processes, if they run, and the containers of all tasks.")
    .addOption(dataDirOption())
    .option("--purge", "also remove the containers and forget all state", false)
    .addOption(jsonOption())
    .action(async (options: { dataDir: string; purge: boolean; json: boolean }) => {
      const flags = [...(options.purge ? ["--purge"] : []), ...(options.json ? ["--json"] : [])];
      process.exitCode = await runProgram("down", ["--data-dir", options.dataDir, ...flags]);
    });
}

function addStatus(program: Command): void {
  program
    .command("status")
    .description("Show what runs, what waits, and why.")
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await status(options);
    });
}

function addEvents(program: Command): void {
  program
    .command("events")
    .description("Show what this machine's event bus took: ECS's events, as EventBridge has them.")
    .addOption(dataDirOption())
    .option("--follow", "go on with what comes", false)
    .addOption(eventTypeOption())
    .addOption(linesOption())
    .addOption(jsonOption())
    .action(async (options: EventsOptions) => {
      process.exitCode = await events(options);
    });
}

function addWhy(program: Command): void {
  program
    .command("why")
    .description("Say why a task is where and as it is, or what a service waits for.")
    .argument("<subject>", "task id, ARN of a task or service, or name of a service", whySubject)
    .option("--cluster <name>", "its cluster (default: that of the ARN, else default)")
    .addOption(dataDirOption())
    .addOption(endpointOption())
    .addOption(jsonOption())
    .action(async (subject: Subject, options: ClusterOptions) => {
      process.exitCode = await why(subject, options);
    });
}

function addTop(program: Command): void {
  withTarget(program.command("top"))
    .description("Show what instances and tasks have reserved, and what they use.")
    .argument("[cluster]", "its name or ARN", "default")
    .action(async (cluster: string, options: RestOptions) => {
      process.exitCode = await top(cluster, options);
    });
}

function addTemplates(program: Command): void {
  withTarget(program.command("templates"))
    .description("Show the named placements, and the strategies and constraints they stand for.")
    .action(async (options: RestOptions) => {
      process.exitCode = await templates(options);
    });
}

function addAgent(program: Command): void {
  program
    .command("agent")
    .description("Run a container instance agent on this machine, for a control plane elsewhere.")
    .requiredOption("--config <file>", "such as /etc/ecs/ecs.config")
    .action(async (options: { config: string }) => {
      process.exitCode = await runProgram("agent", ["--config", options.config]);
    });
}
