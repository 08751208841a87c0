import type { Command } from "commander";
import { Option } from "commander";
import { applyFile, plan, planFile, type PlanOptions } from "./commands/plan.ts";
import {
  countOption,
  dataDirOption,
  endpointOption,
  jsonOption,
  millisecondsOption,
} from "./options.ts";

/** `berth plan` and what it can be asked about. */
export function addPlan(program: Command): void {
  const command = program
    .command("plan")
    .description("Show what a change would do, without making it.")
    .addOption(dataDirOption())
    .addOption(endpointOption())
    .addOption(jsonOption())
    .option("--cluster <name>", "default: default")
    .option("--file <file>", "a request of POST /v1/plans, as JSON")
    .option("--apply", "then make the change, unless anything moved meanwhile", false)
    .addOption(millisecondsOption("start", "how long a task takes to start"))
    .addOption(millisecondsOption("stop", "how long a task takes to stop"))
    .addOption(millisecondsOption("horizon", "how far to look ahead"))
    .addOption(new Option("--tasks-fail", "assume that the new tasks never run"))
    .addOption(new Option("--host-notice", "assume that EC2 tells of lost machines at once"))
    .action(async (options: PlanOptions) => {
      if (options.file === undefined) return command.help({ error: true });
      process.exitCode = await planFile(options.file, options);
    });
  addUpdateService(command);
  addRunTask(command);
  addOthers(command);
}

function addUpdateService(command: Command): void {
  command
    .command("update-service")
    .description("another task definition or desired count")
    .requiredOption("--service <name>")
    .option("--task-definition <name>", "family, family:revision or ARN")
    .addOption(countOption("--desired-count <number>", 0, 100_000))
    .option("--force-new-deployment")
    .action(async (_, child: Command) => {
      const { service, taskDefinition, desiredCount, forceNewDeployment } =
        child.opts<UpdateServiceOptions>();
      const updateService = { service, taskDefinition, desiredCount, forceNewDeployment };
      process.exitCode = await plan({ updateService }, child.optsWithGlobals());
    });
}

interface UpdateServiceOptions {
  readonly service: string;
  readonly taskDefinition: string | undefined;
  readonly desiredCount: number | undefined;
  readonly forceNewDeployment: boolean | undefined;
}

function addRunTask(command: Command): void {
  command
    .command("run-task")
    .description("one to ten standalone tasks")
    .requiredOption("--task-definition <name>", "family, family:revision or ARN")
    .addOption(countOption("--count <number>", 1, 10))
    .option("--group <name>")
    .action(async (_, child: Command) => {
      const { taskDefinition, count, group } = child.opts<RunTaskOptions>();
      const runTask = { taskDefinition, count, group };
      process.exitCode = await plan({ runTask }, child.optsWithGlobals());
    });
}

interface RunTaskOptions {
  readonly taskDefinition: string;
  readonly count: number | undefined;
  readonly group: string | undefined;
}

function addOthers(command: Command): void {
  command
    .command("drain <instances...>")
    .description("container instances to DRAINING")
    .action(async (drain: readonly string[], _, child: Command) => {
      process.exitCode = await plan({ drain }, child.optsWithGlobals());
    });
  command
    .command("rebalance <service>")
    .description("tasks to where the service's placement strategy would have them now")
    .action(async (rebalance: string, _, child: Command) => {
      process.exitCode = await plan({ rebalance }, child.optsWithGlobals());
    });
  command
    .command("lose-instance <instance>")
    .description("the end of one machine")
    .action(async (loseInstance: string, _, child: Command) => {
      process.exitCode = await plan({ loseInstance }, child.optsWithGlobals());
    });
  command
    .command("lose-zone <zone>")
    .description("the end of every machine in an availability zone")
    .action(async (loseZone: string, _, child: Command) => {
      process.exitCode = await plan({ loseZone }, child.optsWithGlobals());
    });
  command
    .command("apply <file>")
    .description("make the change of a plan that --json printed, unless anything moved since")
    .action(async (file: string, _, child: Command) => {
      process.exitCode = await applyFile(file, child.optsWithGlobals());
    });
}
