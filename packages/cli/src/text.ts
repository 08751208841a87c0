export const indented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `  ${line}`);

/** The id or name at the end of an ARN. */
export const idOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
