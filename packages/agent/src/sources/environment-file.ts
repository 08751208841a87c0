/**
 * The variables in a file of `NAME=value` lines, by ECS's rules: lines that begin with `#` are
 * comments, quotes and spaces are part of what they stand in, nothing is expanded, and lines without
 * a name or a value are passed over. Source: ECS developer guide, "Pass an environment variable".
 */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const sign = line.indexOf("=");
    const value = line.slice(sign + 1);
    if (line.startsWith("#") || sign < 1 || value === "") continue;
    variables.set(line.slice(0, sign), value);
  }
  return Object.fromEntries(variables);
}
