import { type Command, InvalidArgumentError } from "commander";
import { exec, type ExecOptions } from "./commands/exec.ts";
import { logs, type LogsOptions } from "./commands/logs.ts";
import { portForward, type PortForwardOptions, type Ports } from "./commands/port-forward.ts";
import { dataDirOption, endpointOption, wholeNumber, withTarget } from "./options.ts";
import { sinceTime } from "./since-time.ts";
import { type Subject, whySubject } from "./why-subject.ts";

const MAX_TAIL = 1_000_000;
const MAX_PORT = 65_535;

/** `berth exec`, `berth logs` and `berth port-forward`: what leads into containers. */
export function addStreams(program: Command): void {
  addExec(program);
  addLogs(program);
  addPortForward(program);
}

function addExec(program: Command): void {
  ofContainer(program.command("exec"))
    .description("Run a program in a running container; its exit code is this command's.")
    .argument(
      "<task>",
      "its id or ARN; it must have been run with enableExecuteCommand",
      whySubject,
    )
    .argument("[command...]", "after --; /bin/sh where there is none")
    .option("-i, --interactive", "hand on standard input", false)
    .option("-t, --tty", "give the program a terminal", false)
    .addOption(dataDirOption())
    .addOption(endpointOption())
    .action(async (task: Subject, command: readonly string[], options: ExecOptions) => {
      process.exitCode = await exec(task, command, options);
    });
}

function addLogs(program: Command): void {
  ofContainer(program.command("logs"))
    .description(
      "Print what a task's containers wrote, or those of all running tasks of a service.",
    )
    .argument("<task|service>", "task id, name of a service, or ARN of either", whySubject)
    .option("-f, --follow", "go on with what comes", false)
    .option("--tail <number>", "of each container's latest lines (default: all)", (text) =>
      wholeNumber(text, 0, MAX_TAIL),
    )
    .option("--since <time>", "such as 10m, or 2026-01-02T03:04:05Z", (text) =>
      sinceTime(text, Date.now()),
    )
    .option("--timestamps", "say when each line was written", false)
    .addOption(dataDirOption())
    .addOption(endpointOption())
    .action(async (subject: Subject, options: LogsOptions) => {
      process.exitCode = await logs(subject, options);
    });
}

function addPortForward(program: Command): void {
  ofContainer(withTarget(program.command("port-forward")))
    .description("Lead connections to a port of this machine's loopback to a container's port.")
    .argument("<task|service>", "task id, name of a service, or ARN of either", whySubject)
    .argument("<[local:]remote>", "ports; the same where one is named, any where local is 0", ports)
    .action(async (subject: Subject, pair: Ports, options: PortForwardOptions) => {
      process.exitCode = await portForward(subject, pair, options);
    });
}

const ofContainer = (command: Command): Command =>
  command
    .option("--container <name>", "needed where the task has several")
    .option("--cluster <name>", "its cluster (default: that of the ARN, else default)");

/** @throws InvalidArgumentError */
function ports(text: string): Ports {
  const [first = "", second, ...more] = text.split(":");
  if (more.length > 0) throw new InvalidArgumentError("It must be PORT or LOCAL:REMOTE.");
  const remote = wholeNumber(second ?? first, 1, MAX_PORT);
  return { local: second === undefined ? remote : wholeNumber(first, 0, MAX_PORT), remote };
}
