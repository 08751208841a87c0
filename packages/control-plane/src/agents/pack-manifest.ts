import type { TaskIdentifier, TaskManifestMessage } from "@berth/contracts/agent/messages";
import { clusterArn, taskArn, type Scope } from "@berth/domain/arn";
import type { Task } from "@berth/domain/task";
import { MAX_PAYLOAD_BYTES } from "./pack-payloads.ts";

type Entry = TaskManifestMessage["message"]["tasks"][number];

/**
 * The tasks that an agent should have, as far as one message carries them: a manifest cannot be parted.
 * Where there are too many for the whole of it, they come without their cluster, which agents know, and
 * where there are too many even so, without some: an agent asks about those before it stops them, and
 * hears that they are to stay. Undefined where its question would be longer than a message.
 */
export function packManifest(scope: Scope, tasks: readonly Task[]): readonly Entry[] | undefined {
  const live = tasks.filter(({ lastStatus }) => lastStatus !== "STOPPED");
  const whole = live.map((task) => wholeEntry(scope, task));
  if (bytesOf(whole) <= MAX_PAYLOAD_BYTES) return whole;
  const { carried, left } = fill(
    live.toSorted(runningFirst).map((task) => wholeEntry(scope, task)),
  );
  return bytesOf(left.map(asked)) <= MAX_QUESTION_BYTES ? carried : undefined;
}

/** Half of a message: the agent may have others to ask about, of which nobody here knows. */
const MAX_QUESTION_BYTES = MAX_PAYLOAD_BYTES / 2;

/** To leave out what is to stop says the same as to list it. */
const runningFirst = (a: Task, b: Task): number =>
  Number(b.desiredStatus === "RUNNING") - Number(a.desiredStatus === "RUNNING");

function wholeEntry(scope: Scope, { cluster, id, desiredStatus }: Task): WholeEntry {
  return {
    taskArn: taskArn(scope, cluster, id),
    taskClusterArn: clusterArn(scope, cluster),
    desiredStatus,
  };
}

type WholeEntry = Required<Entry>;

/** As many as a message carries without their clusters. */
function fill(entries: readonly WholeEntry[]) {
  const bare = entries.map(({ taskArn: arn, desiredStatus }): Entry => ({
    taskArn: arn,
    desiredStatus,
  }));
  let bytes = 2;
  const end = bare.findIndex((entry) => (bytes += bytesOf(entry) + 1) > MAX_PAYLOAD_BYTES);
  const count = end === -1 ? bare.length : end;
  return { carried: bare.slice(0, count), left: entries.slice(count) };
}

/** As an agent asks about a task. */
const asked = (entry: WholeEntry): TaskIdentifier => ({ ...entry, desiredStatus: "STOPPED" });

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
