import type { Coverage } from "./coverage.ts";

/** The page for users of what Berth answers. */
export function coverageText(covered: readonly Coverage[]): string {
  const whole = covered.filter(({ isThere, missing }) => isThere && missing.size === 0);
  const partly = covered.filter(({ isThere, missing }) => isThere && missing.size > 0);
  const absent = covered.filter(({ isThere }) => !isThere);
  return [
    "# What Berth answers of the ECS API",
    "",
    "Written by `npx vitest run --project fuzz test/fuzz/coverage.test.ts -u`, which asks the API for every operation of ECS's model and every member",
    "that its requests can have; the test fails where this page is not what it was told. What is not there is refused in these words, never ignored.",
    "",
    `Of ${covered.length} operations ${whole.length} are whole, ${partly.length} have members that are refused for now, and ${absent.length} are not there yet.`,
    "",
    "| Operation | | Refused for now |",
    "| --- | --- | --- |",
    ...covered.map(rowOf),
    "",
  ].join("\n");
}

function rowOf({ operation, isThere, missing }: Coverage): string {
  if (!isThere) return `| ${operation} | not there yet | |`;
  const refused = [...missing].map(([feature, members]) => {
    const member = shortest(members);
    return member === "" ? feature : `${feature}: \`${member}\``;
  });
  const state = refused.length > 0 ? "in part" : "whole";
  return `| ${operation} | ${state} | ${refused.join("; ")} |`;
}

/** The one member that asks, or the one that all of those are within; empty where any request does. */
function shortest(members: ReadonlySet<string>): string {
  const paths = [...members].map((member) => member.split("."));
  const [first = []] = paths;
  const differs = first.findIndex((part, at) => paths.some((path) => path[at] !== part));
  const common = differs === -1 ? first : first.slice(0, differs);
  return common.join(".");
}
