/** Entries that follow one another and differ by their task only, held as one. */
export type Alike<T extends { readonly taskId: string }> = Omit<T, "taskId"> & {
  readonly taskIds: readonly string[];
};

/**
 * A service decides about fifty tasks at a time for one reason: that is written once, or the item
 * would be three times as long. The order is kept.
 */
export function encodeAlike<T extends { readonly taskId: string }>(
  entries: readonly T[],
): readonly Alike<T>[] {
  const groups: Alike<T>[] = [];
  let taskIds: string[] = [];
  let latest: string | undefined;
  for (const { taskId, ...rest } of entries) {
    const text = JSON.stringify(rest);
    if (text !== latest) {
      taskIds = [];
      groups.push({ ...rest, taskIds });
    }
    taskIds.push(taskId);
    latest = text;
  }
  return groups;
}

/** Expects what `encodeAlike` made, or the entries one by one, as they were written once. */
export const decodeAlike = <T extends { readonly taskId: string }>(
  groups: readonly (Alike<T> | T)[],
): readonly T[] =>
  groups.flatMap((group) => {
    if (!("taskIds" in group)) return group;
    const { taskIds, ...rest } = group;
    return taskIds.map((taskId) => Object.assign({ taskId }, rest) as unknown as T);
  });
