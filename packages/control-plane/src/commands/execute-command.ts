import { EcsError } from "@berth/domain/errors";
import type { Task } from "@berth/domain/task";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { taskId } from "./identifiers.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Refused, with ECS's checks: its clients speak Session Manager's protocol. Berth's own way into
 * containers is a stream session (ADR 0038).
 *
 * @throws EcsError ClusterNotFoundException, ClientException, InvalidParameterException
 */
export const executeCommand: Command<"ExecuteCommand"> = async (context, request) => {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const id = taskId(context.scope, cluster, request.task ?? "");
  const task = await context.store.tasks.find(cluster, id);
  if (!task) throw invalid("The referenced task was not found.");
  checkContainer(task, request.container);
  if (!request.interactive) throw invalid("Interactive is the only mode supported currently.");
  if (!task.enableExecuteCommand || task.lastStatus === "STOPPED") throw invalid(NOT_ENABLED);
  throw unsupported(
    "commands through Session Manager; berth exec leads into containers",
    "ClientException",
  );
};

const NOT_ENABLED =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.";

function checkContainer({ containers }: Task, name: string | undefined): void {
  if (name === undefined && containers.length > 1) {
    throw invalid("container must be given for a task of more than one container.");
  }
  if (name !== undefined && !containers.some((container) => container.name === name)) {
    throw invalid(`container ${name} is not in the task.`);
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
