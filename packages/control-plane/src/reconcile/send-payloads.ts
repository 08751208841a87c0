import type { PayloadTask } from "@berth/contracts/agent/messages";
import { clusterArn, containerInstanceArn, taskArn } from "@berth/domain/arn";
import type { Task } from "@berth/domain/task";
import { MAX_PAYLOAD_BYTES, packPayloads } from "../agents/pack-payloads.ts";
import type { PackedPayloads } from "../agents/pack-payloads.ts";
import { payloadTask } from "../agents/payload.ts";
import type { ControlPlane } from "../context.ts";
import { definitionsNamed } from "../definition-cache.ts";
import { releaseReservations } from "../placement/reservations.ts";
import { defaultLogMode } from "./log-driver-mode.ts";
import { giveUpTasks, wakeServicesOf } from "./give-up-tasks.ts";

/**
 * Sends tasks of one instance in as many messages as they need. What no message can carry is given up:
 * it would wait for ever. `gone`: nobody is at the other end.
 */
export async function sendPayloads(
  controlPlane: ControlPlane,
  connectionId: string,
  tasks: readonly Task[],
  credentials: CredentialsOfTasks = new Map(),
): Promise<"sent" | "gone"> {
  const [first] = tasks;
  if (!first) return "sent";
  const payloads = await payloadsOf(controlPlane, stopsFirst(tasks), credentials);
  const { messages, tooLong } = packPayloads(payloads);
  await giveUpTooLong(controlPlane, tasks, tooLong);
  for (const each of messages) {
    const outcome = await controlPlane.agents.push(
      connectionId,
      frameOf(controlPlane, first, each),
    );
    if (outcome === "gone") return "gone";
  }
  return "sent";
}

/** Stops make room for starts: an agent holds what does not fit yet, and all that comes after it. */
const stopsFirst = (tasks: readonly Task[]): readonly Task[] => [
  ...tasks.filter(({ desiredStatus }) => desiredStatus === "STOPPED"),
  ...tasks.filter(({ desiredStatus }) => desiredStatus !== "STOPPED"),
];

/** The keys of tasks' roles, by the tasks' ids. */
export type CredentialsOfTasks = ReadonlyMap<
  string,
  Pick<PayloadTask, "roleCredentials" | "executionRoleCredentials">
>;

/** How messages name the instance that they are for. */
export const addressOf = (
  { scope }: ControlPlane,
  { cluster, containerInstanceId }: Pick<Task, "cluster" | "containerInstanceId">,
) => ({
  clusterArn: clusterArn(scope, cluster),
  containerInstanceArn: containerInstanceArn(scope, cluster, containerInstanceId),
});

async function payloadsOf(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
  credentials: CredentialsOfTasks,
): Promise<readonly PayloadTask[]> {
  const names = tasks.map((task) => task.taskDefinition);
  const definitions = await definitionsNamed(controlPlane, names);
  const mode = await defaultLogMode(controlPlane, definitions.values());
  return tasks.flatMap((task) => {
    const definition = definitions.get(task.taskDefinition);
    if (!definition) return [];
    const payload = payloadTask(controlPlane.scope, task, definition, mode);
    return [{ ...payload, ...credentials.get(task.id) }];
  });
}

const frameOf = (controlPlane: ControlPlane, at: Task, tasks: readonly PayloadTask[]) =>
  ({
    type: "PayloadMessage",
    message: {
      ...addressOf(controlPlane, at),
      messageId: controlPlane.randomHex(32),
      seqNum: controlPlane.nextNumber(),
      generatedAt: controlPlane.now(),
      tasks: [...tasks],
    },
  }) as const;

/** Its agent has never heard of such a task, so nobody but the control plane can say that it is over. */
async function giveUpTooLong(
  controlPlane: ControlPlane,
  tasks: readonly Task[],
  tooLong: PackedPayloads["tooLong"],
): Promise<void> {
  const bytesOf = new Map(tooLong.map(({ task, bytes }) => [task.arn, bytes]));
  const givenUp = tasks.flatMap((task) => {
    const bytes = bytesOf.get(taskArn(controlPlane.scope, task.cluster, task.id));
    if (bytes === undefined || task.lastStatus !== "PENDING") return [];
    const reason = `Task failed to start: its definition and overrides take ${bytes} bytes in a message to the agent, which holds ${MAX_PAYLOAD_BYTES}.`;
    return [{ task, stopCode: "TaskFailedToStart" as const, reason }];
  });
  const [first] = givenUp;
  if (!first) return;
  const { cluster, containerInstanceId } = first.task;
  const stopped = await giveUpTasks(controlPlane, givenUp);
  await releaseReservations(controlPlane, cluster, containerInstanceId, stopped);
  await wakeServicesOf(
    controlPlane,
    givenUp.map(({ task }) => task),
  );
}
