import type { PayloadTask } from "@berth/contracts/agent/messages";

/**
 * What API Gateway takes for a connection, in frames that it makes itself. Source: API Gateway
 * developer guide, WebSocket quotas.
 */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** What stands around the tasks of a message: two ARNs of the longest names, and little else. */
const FRAME_BYTES = 1024;
/** Of the tasks in one message, as JSON. */
export const MAX_PAYLOAD_BYTES = MAX_MESSAGE_BYTES - FRAME_BYTES;

/** Enough to save messages, few enough for an agent to get on with. */
const MAX_TASKS = 10;

export interface PackedPayloads {
  /** The tasks of each message, in order. */
  readonly messages: readonly (readonly PayloadTask[])[];
  /** What no message can carry. */
  readonly tooLong: readonly { readonly task: PayloadTask; readonly bytes: number }[];
}

/** Puts tasks into as few messages as carry them, in their order. */
export function packPayloads(tasks: readonly PayloadTask[]): PackedPayloads {
  const messages: PayloadTask[][] = [];
  const tooLong: PackedPayloads["tooLong"][number][] = [];
  let open: PayloadTask[] = [];
  let openBytes = 0;
  for (const task of tasks) {
    // With the comma that parts it from the one before.
    const bytes = Buffer.byteLength(JSON.stringify(task)) + 1;
    if (bytes > MAX_PAYLOAD_BYTES) {
      tooLong.push({ task, bytes });
      continue;
    }
    const isFull = open.length === MAX_TASKS || openBytes + bytes > MAX_PAYLOAD_BYTES;
    if (open.length === 0 || isFull) {
      open = [];
      openBytes = 0;
      messages.push(open);
    }
    open.push(task);
    openBytes += bytes;
  }
  return { messages, tooLong };
}
