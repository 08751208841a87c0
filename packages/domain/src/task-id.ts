import { groupHash, groupHashOfTask } from "./group-hash.ts";
import { isServiceTask } from "./task.ts";

/** Hex digits of a task id. */
const ID_LENGTH = 32;

/** So many hex digits after the group's hash say which shard of the store holds a task (ADR 0025). */
const SHARD_DIGITS = 2;

/**
 * What the ids of a group's tasks begin with. The tasks of a service are read together, so they lie
 * in one shard; those of any other group are spread.
 */
export function taskIdStem(group: string): string {
  const hash = groupHash(group);
  return isServiceTask({ group }) ? hash + hash.slice(-SHARD_DIGITS) : hash;
}

/** A task id of this group. @param digits hex digits that tell it apart; as many are used as it takes */
export const taskIdOf = (group: string, digits: string): string =>
  `${taskIdStem(group)}${digits}`.slice(0, ID_LENGTH);

/** Of a task id, or of what one begins with; undefined where that does not tell. */
export function shardDigitsOf(taskId: string): string | undefined {
  const start = groupHashOfTask(taskId).length;
  const digits = taskId.slice(start, start + SHARD_DIGITS);
  return digits.length === SHARD_DIGITS ? digits : undefined;
}
