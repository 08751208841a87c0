import type { Command } from "commander";
import { callOnQueued, listQueue, queueRun, type QueueRunOptions } from "./commands/queue.ts";
import type { ClusterOptions } from "./with-berth.ts";
import { wholeNumber, withTarget } from "./options.ts";

/** As RunTask has it. */
const MAX_COUNT = 10;
const MAX_DEADLINE_SECONDS = 86_400;

/** `berth queue …`: runs that wait for capacity. */
export function addQueue(program: Command): void {
  const queue = program
    .command("queue")
    .description("Run tasks that wait for capacity, and see or cancel those that wait.");
  inCluster(queue.command("run <task-definition>"))
    .description("Run tasks: those that find no instance now are started when one has room.")
    .requiredOption("--deadline <seconds>", "nothing is started later", (text) =>
      wholeNumber(text, 1, MAX_DEADLINE_SECONDS),
    )
    .option("--count <number>", "of tasks", (text) => wholeNumber(text, 1, MAX_COUNT), 1)
    .option("--client-token <text>", "the same token finds the same run again")
    .action(async (taskDefinition: string, options: QueueRunOptions) => {
      process.exitCode = await queueRun(taskDefinition, options);
    });
  inCluster(queue.command("list"))
    .description("List queued runs, those that ended lately as well, the oldest first.")
    .action(async (options: ClusterOptions) => {
      process.exitCode = await listQueue(options);
    });
  inCluster(queue.command("show <id>"))
    .description("Show what a queued run waits for, and what would place its next task.")
    .action(async (id: string, options: ClusterOptions) => {
      process.exitCode = await callOnQueued("GET", id, options);
    });
  inCluster(queue.command("cancel <id>"))
    .description("Start nothing more of a queued run. What is placed stays.")
    .action(async (id: string, options: ClusterOptions) => {
      process.exitCode = await callOnQueued("DELETE", id, options);
    });
}

const inCluster = (command: Command): Command =>
  withTarget(command).option("--cluster <name>", "its cluster (default: default)");
