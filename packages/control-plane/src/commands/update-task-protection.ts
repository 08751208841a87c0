import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import type { Service } from "@berth/domain/service";
import { serviceNameOf, type Task } from "@berth/domain/task";
import { tellsOfProtection } from "@berth/planner/service/service-events";
import { checkSpeaksForTask } from "../access/ownership.ts";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import {
  canBeProtected,
  invalid,
  namedTasks,
  presentProtection,
  type ProtectedTask,
} from "./task-protection.ts";

const MAX_TASKS = 10;
const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2_880;

/**
 * Has services leave tasks alone for a while when they scale in or roll out. What a protection
 * holds up goes on when it ends.
 *
 * @throws EcsError AccessDeniedException, ClusterNotFoundException, InvalidParameterException
 */
export const updateTaskProtection: Command<"UpdateTaskProtection"> = async (context, request) => {
  const protectedUntil = expiryOf(context, request);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const ids = namedTasks(context, cluster, { given: request.tasks, max: MAX_TASKS });
  await checkSpeaksForAll(context, cluster, ids);
  const answers = await Promise.all(
    ids.map(async (id) => ({
      id,
      answer: await protect(context, { cluster, id, protectedUntil }),
    })),
  );
  return {
    protectedTasks: answers.flatMap(({ answer }) => (typeof answer === "string" ? [] : answer)),
    failures: answers.flatMap(({ id, answer }) =>
      typeof answer === "string"
        ? { arn: taskArn(context.scope, cluster, id), reason: answer }
        : [],
    ),
  };
};

/** Before anything is written. */
async function checkSpeaksForAll(
  context: CommandContext,
  cluster: string,
  ids: readonly string[],
): Promise<void> {
  if (context.permissions.kind !== "agent") return;
  const tasks = await context.store.tasks.findMany(cluster, ids);
  await Promise.all(
    tasks.map((task) => checkSpeaksForTask(context, task, "ecs:UpdateTaskProtection")),
  );
}

/** Epoch ms; undefined where protection is to end. */
function expiryOf(
  context: CommandContext,
  { protectionEnabled, expiresInMinutes = DEFAULT_MINUTES }: EcsRequest<"UpdateTaskProtection">,
): number | undefined {
  if (expiresInMinutes < 1 || expiresInMinutes > MAX_MINUTES) {
    throw invalid(`expiresInMinutes must be between 1 and ${MAX_MINUTES}.`);
  }
  return protectionEnabled ? context.now() + expiresInMinutes * MINUTE_MS : undefined;
}

/** Source: ECS API reference, API failure reasons. */
type Refusal = "MISSING" | "TASK_NOT_VALID" | "DEPLOYMENT_BLOCKED";

interface Change extends Pick<Task, "cluster" | "id"> {
  readonly protectedUntil: number | undefined;
}

async function protect(
  context: CommandContext,
  { cluster, id, protectedUntil }: Change,
): Promise<ProtectedTask | Refusal> {
  const { tasks } = context.store;
  const task = await tasks.find(cluster, id);
  if (!task) return "MISSING";
  const name = serviceNameOf(task);
  if (name === undefined || !canBeProtected(task)) return "TASK_NOT_VALID";
  if (protectedUntil !== undefined && (await isBlocking(context, task, name))) {
    return "DEPLOYMENT_BLOCKED";
  }
  const changed = await persist<Task>(
    () => tasks.find(cluster, id),
    (current) => (canBeProtected(current) ? withProtection(current, protectedUntil) : undefined),
    (next) => tasks.replace(next),
  );
  if (!changed) return "MISSING";
  if (!canBeProtected(changed.item)) return "TASK_NOT_VALID";
  if (protectedUntil === undefined) {
    await context.relay.wake({ kind: "service", cluster, service: name });
  }
  return presentProtection(context, changed.item);
}

/** Whether protected tasks hold a deployment up already, and this is one that it would replace. */
async function isBlocking(context: CommandContext, task: Task, name: string): Promise<boolean> {
  const service = await context.store.services.find(task.cluster, name);
  return (
    service !== undefined && isHeldUp(service) && service.deployments[0]?.id !== task.startedBy
  );
}

const isHeldUp = ({ deployments, lastTold }: Service): boolean =>
  deployments[0]?.rolloutState === "IN_PROGRESS" && Object.keys(lastTold).some(tellsOfProtection);

function withProtection<T extends Task>(task: T, protectedUntil: number | undefined): T {
  const { protectedUntil: _, ...unprotected } = task;
  // The rest of a task is one again with or without its protection.
  return (protectedUntil === undefined ? unprotected : { ...unprotected, protectedUntil }) as T;
}
