/** More than anybody means, and less than the stack bears that writes it again. */
const MAX_LEVELS = 1_000;

/** Whether objects and arrays of a JSON text are in one another so often that nobody can write them. */
export function isNestedDeeply(json: string): boolean {
  let level = 0;
  for (const [token] of json.matchAll(/"(?:\\.|[^"\\])*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") level += 1;
    if (token === "]" || token === "}") level -= 1;
    if (level > MAX_LEVELS) return true;
  }
  return false;
}
