import { ROLE_TYPES, type RoleCredentials, type RoleType } from "@berth/contracts/agent/messages";
import { clusterArn, taskArn } from "@berth/domain/arn";
import type { Task } from "@berth/domain/task";
import { overridden } from "@berth/domain/task-definition/overridden";
import { taskRoles, type TaskRoles } from "@berth/domain/task-roles";
import type { InstanceControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { releaseReservations } from "../placement/reservations.ts";
import { giveUpTasks, wakeServicesOf } from "./give-up-tasks.ts";
import { recordTold, recordUntold } from "./late-telling.ts";
import { type CredentialsOfTasks, sendPayloads } from "./send-payloads.ts";

/** Questions to STS at once: an agent that comes back may have a hundred tasks. */
const AT_ONCE = 10;

/** Which of a task's roles is which, here and for agents. */
const KIND: Readonly<Record<RoleType, keyof TaskRoles>> = {
  TaskApplication: "task",
  TaskExecution: "execution",
};
const MEMBER = {
  TaskApplication: "roleCredentials",
  TaskExecution: "executionRoleCredentials",
} as const;

/** One role of one task. */
interface RoleOfTask {
  readonly task: Task;
  readonly roleType: RoleType;
  readonly roleArn: string;
  readonly credentialsId: string;
}

type Assumed = RoleOfTask & { readonly outcome: RoleCredentials | "refused" | "unknown" };

/** What came of sending tasks with their keys. */
export interface SentWithRoles {
  readonly outcome: "sent" | "gone";
  /** Those of whose roles there was no saying. */
  readonly untold: readonly Task[];
}

/**
 * Sends tasks with the keys of their roles. Where a role may not be taken the task is given up, as
 * in ECS; where there is no saying now, it is to be sent another time.
 */
export async function sendWithRoles(
  controlPlane: InstanceControlPlane,
  connectionId: string,
  tasks: readonly Task[],
): Promise<SentWithRoles> {
  const starting = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  const assumed = await assumeAll(controlPlane, await rolesOf(controlPlane, starting));
  const missing = assumed.filter(({ outcome }) => typeof outcome === "string");
  await giveUpRefused(
    controlPlane,
    missing.filter(({ outcome }) => outcome === "refused"),
  );
  const without = new Map(missing.map(({ task, outcome }) => [task.id, outcome]));
  const untold = tasks.filter(({ id }) => without.get(id) === "unknown");
  await recordUntold(controlPlane, untold);
  const whole = tasks.filter(({ id }) => !without.has(id));
  const outcome = await sendPayloads(controlPlane, connectionId, whole, credentialsByTask(assumed));
  if (outcome === "sent") await recordTold(controlPlane, whole);
  return { outcome, untold };
}

/**
 * Sends new keys for the roles of tasks that run. A role that may not be taken any more is left with
 * the keys that it has.
 *
 * @returns `later`: for some there is no saying now
 */
export async function renewRoles(
  controlPlane: InstanceControlPlane,
  connectionId: string,
  tasks: readonly Task[],
): Promise<"sent" | "later" | "gone"> {
  const started = tasks.filter(
    ({ desiredStatus, lastStatus }) => desiredStatus === "RUNNING" && lastStatus === "RUNNING",
  );
  const assumed = await assumeAll(controlPlane, await rolesOf(controlPlane, started));
  for (const { outcome, ...role } of assumed) {
    if (typeof outcome === "string") continue;
    if ((await send(controlPlane, connectionId, role, outcome)) === "gone") return "gone";
  }
  return assumed.some(({ outcome }) => outcome === "unknown") ? "later" : "sent";
}

async function rolesOf(
  controlPlane: InstanceControlPlane,
  tasks: readonly Task[],
): Promise<readonly RoleOfTask[]> {
  const withRoles = tasks.filter(({ credentialsIds }) => credentialsIds !== undefined);
  const names = withRoles.map((task) => task.taskDefinition);
  const definitions = await definitionsNamed(controlPlane, names);
  return withRoles.flatMap((task) => {
    const definition = definitions.get(task.taskDefinition);
    return definition ? rolesOfOne(task, taskRoles(overridden(definition, task.overrides))) : [];
  });
}

const rolesOfOne = (task: Task, roles: TaskRoles): readonly RoleOfTask[] =>
  ROLE_TYPES.flatMap((roleType) => {
    const roleArn = roles[KIND[roleType]];
    const credentialsId = task.credentialsIds?.[KIND[roleType]];
    if (roleArn === undefined || credentialsId === undefined) return [];
    return [{ task, roleType, roleArn, credentialsId }];
  });

async function assumeAll(
  controlPlane: InstanceControlPlane,
  roles: readonly RoleOfTask[],
): Promise<readonly Assumed[]> {
  const assumed: Assumed[] = [];
  for (let start = 0; start < roles.length; start += AT_ONCE) {
    const some = roles.slice(start, start + AT_ONCE);
    const outcomes = await Promise.all(some.map((role) => assume(controlPlane, role)));
    assumed.push(...outcomes);
  }
  return assumed;
}

/** Sessions are named by the task, so that a trail of calls leads to it. */
async function assume(
  { roleKeys, settings }: InstanceControlPlane,
  role: RoleOfTask,
): Promise<Assumed> {
  const { roleArn, credentialsId } = role;
  const durationMs = settings.roleKeyLifetimeMs;
  const keys = await roleKeys.assume({ roleArn, sessionName: role.task.id, durationMs });
  if (typeof keys === "string") return { ...role, outcome: keys };
  const { expiresAt, ...secrets } = keys;
  const expiration = new Date(expiresAt).toISOString();
  return { ...role, outcome: { credentialsId, roleArn, ...secrets, expiration } };
}

function credentialsByTask(assumed: readonly Assumed[]): CredentialsOfTasks {
  const byTask = Map.groupBy(assumed, ({ task }) => task.id);
  return new Map(
    [...byTask].map(([id, roles]) => [
      id,
      Object.fromEntries(
        roles.flatMap(({ roleType, outcome }) =>
          typeof outcome === "string" ? [] : [[MEMBER[roleType], outcome] as const],
        ),
      ),
    ]),
  );
}

const send = (
  controlPlane: InstanceControlPlane,
  connectionId: string,
  { task, roleType }: RoleOfTask,
  roleCredentials: RoleCredentials,
): Promise<"sent" | "gone"> =>
  controlPlane.agents.push(connectionId, {
    type: "IAMRoleCredentialsMessage",
    message: {
      messageId: controlPlane.randomHex(32),
      taskArn: taskArn(controlPlane.scope, task.cluster, task.id),
      taskClusterArn: clusterArn(controlPlane.scope, task.cluster),
      roleType,
      roleCredentials,
    },
  });

/** In ECS's words. */
const refusal = (roleArn: string): string =>
  `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;

/** Their agent has never heard of them. */
async function giveUpRefused(
  controlPlane: InstanceControlPlane,
  refused: readonly RoleOfTask[],
): Promise<void> {
  const [first] = refused;
  if (!first) return;
  const { cluster, containerInstanceId } = first.task;
  const stopped = await giveUpTasks(
    controlPlane,
    refused.map(({ task, roleArn }) => ({
      task,
      stopCode: "TaskFailedToStart" as const,
      reason: refusal(roleArn),
    })),
  );
  await releaseReservations(controlPlane, cluster, containerInstanceId, stopped);
  await wakeServicesOf(
    controlPlane,
    refused.map(({ task }) => task),
  );
}
