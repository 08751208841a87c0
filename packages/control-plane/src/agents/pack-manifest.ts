import type { TaskManifestMessage } from "@berth/contracts/agent/messages";
import { clusterArn, taskArn, type Scope } from "@berth/domain/arn";
import type { Task } from "@berth/domain/task";
import { MAX_PAYLOAD_BYTES } from "./pack-payloads.ts";

type Entry = TaskManifestMessage["message"]["tasks"][number];

/**
 * The tasks that an agent should have, as far as one message carries them: a manifest cannot be parted.
 * Where there are too many for the whole of it, they come without their cluster, which agents know, and
 * where there are too many even so, not at all.
 */
export function packManifest(scope: Scope, tasks: readonly Task[]): readonly Entry[] | undefined {
  const bare = tasks
    .filter(({ lastStatus }) => lastStatus !== "STOPPED")
    .map(({ cluster, id, desiredStatus }) => ({
      cluster,
      entry: { taskArn: taskArn(scope, cluster, id), desiredStatus },
    }));
  const whole = bare.map(({ cluster, entry }) => ({
    ...entry,
    taskClusterArn: clusterArn(scope, cluster),
  }));
  return [whole, bare.map(({ entry }) => entry)].find(fitsOneMessage);
}

const fitsOneMessage = (entries: readonly Entry[]): boolean =>
  Buffer.byteLength(JSON.stringify(entries)) <= MAX_PAYLOAD_BYTES;
