/**
 * Eight hex digits that stand for a task group (`service:web`, `family:batch`). Every task id begins
 * with those of its group, so the tasks of a group lie side by side in the store, and an instance's
 * ledger of reservations tells how many tasks of a group it holds without reading one (ADR 0004).
 *
 * FNV-1a, 32 bit. Two groups may collide: readers compare the group itself where they have it.
 */
export function groupHash(group: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(group)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

const GROUP_HASH_LENGTH = 8;

export const groupHashOfTask = (taskId: string): string => taskId.slice(0, GROUP_HASH_LENGTH);
