export const indented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `  ${line}`);

/** A title with its lines, or nothing where there are none. */
export const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...indented(lines)];

/** The id or name at the end of an ARN. */
export const idOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
