/** Why a pattern is none. Thrown by those who read one, and turned into an answer by `readPattern`. */
export class PatternFault extends Error {}

/** @throws PatternFault */
export function fault(reason: string, path: readonly string[]): never {
  throw new PatternFault(path.length === 0 ? reason : `${reason} (at ${path.join(".")})`);
}
