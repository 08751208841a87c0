import { fault } from "./pattern-fault.ts";

/**
 * What stands between the asterisks of a wildcard, escapes taken out: `\*` and `\\`.
 *
 * @throws PatternFault
 */
export function wildcardPieces(text: string, path: readonly string[]): readonly string[] {
  const pieces = [""];
  for (let position = 0; position < text.length; position += 1) {
    const character = text.charAt(position);
    if (character === "*") {
      if (text[position - 1] === "*" && pieces.at(-1) === "") {
        fault(`Consecutive wildcard characters at pos ${position}`, path);
      }
      pieces.push("");
      continue;
    }
    if (character === "\\") {
      position += 1;
      if (!["*", "\\"].includes(text.charAt(position))) {
        fault(`Invalid escape character at pos ${position - 1}`, path);
      }
    }
    pieces[pieces.length - 1] += text.charAt(position);
  }
  return pieces;
}

/** Whether the text is the pieces in their order, with anything or nothing between two. */
export function matchesPieces(pieces: readonly string[], text: string): boolean {
  const [first = "", ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  // The first place is the best: it leaves most to those that follow.
  for (const piece of others) {
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
