/**
 * A deep, frozen copy as a database would give it back: without the members that are undefined.
 * Expects JSON values.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) copy[name] = frozenCopy(member);
  }
  return Object.freeze(copy) as T;
}
