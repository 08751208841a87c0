import { taskArn } from "@berth/domain/arn";
import { checkSpeaksForTask } from "../access/ownership.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { canBeProtected, namedTasks, presentProtection } from "./task-protection.ts";

const MAX_TASKS = 100;

/** @throws EcsError AccessDeniedException, ClusterNotFoundException, InvalidParameterException */
export const getTaskProtection: Command<"GetTaskProtection"> = async (context, request) => {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const ids = namedTasks(context, cluster, { given: request.tasks, max: MAX_TASKS });
  const tasks = await context.store.tasks.findMany(cluster, ids);
  await Promise.all(
    tasks.map((task) => checkSpeaksForTask(context, task, "ecs:GetTaskProtection")),
  );
  const found = new Map(tasks.map((task) => [task.id, task]));
  const answers = ids.map((id) => {
    const task = found.get(id);
    if (task && canBeProtected(task)) return { protected: presentProtection(context, task) };
    const reason = task ? "TASK_NOT_VALID" : "MISSING";
    return { failure: { arn: taskArn(context.scope, cluster, id), reason } };
  });
  return {
    protectedTasks: answers.flatMap((answer) => answer.protected ?? []),
    failures: answers.flatMap((answer) => answer.failure ?? []),
  };
};
