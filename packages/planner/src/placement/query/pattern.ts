/**
 * A regular expression as a program for `matchesWhole`. Patterns come from users and are held
 * against what users wrote, so they must not run in JavaScript's own engine: it backtracks, and a
 * pattern such as `(a+)+b` would stop the control plane.
 */
export type Pattern = readonly Instruction[];

export type Instruction =
  /** Reads one character and goes on to the next instruction. */
  | { readonly kind: "read"; accepts(character: string): boolean }
  /** Goes on that many instructions away, for each of these, reading nothing. */
  | { readonly kind: "fork"; readonly steps: readonly number[] }
  /** Goes on only at this end of the text. */
  | { readonly kind: "edge"; readonly of: "start" | "end" }
  | { readonly kind: "accept" };

/** Whether the whole text matches, in time proportional to the text times the pattern. */
export function matchesWhole(pattern: Pattern, text: string): boolean {
  let states = follow(pattern, [0], 0, text.length);
  for (let at = 0; at < text.length && states.size > 0; at += 1) {
    const next: number[] = [];
    for (const state of states) {
      const instruction = pattern[state];
      if (instruction?.kind === "read" && instruction.accepts(text.charAt(at)))
        next.push(state + 1);
    }
    states = follow(pattern, next, at + 1, text.length);
  }
  return states.values().some((state) => pattern[state]?.kind === "accept");
}

/** Every state that can be reached from these without reading. */
function follow(
  pattern: Pattern,
  from: readonly number[],
  at: number,
  length: number,
): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    const instruction = pattern[state];
    if (instruction?.kind === "fork") open.push(...instruction.steps.map((step) => state + step));
    if (instruction?.kind === "edge" && at === (instruction.of === "start" ? 0 : length)) {
      open.push(state + 1);
    }
  }
  return reached;
}
