import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Filter } from "./filters.ts";
import { matches } from "./query/matches.ts";
import { parseExpression } from "./query/parse-expression.ts";
import { type Site, taskIdsOf } from "./site.ts";

/** The filter of a constraint that the user gave. */
export function constraintFilter(constraint: PlacementConstraint, group: string): Filter {
  return constraint.type === "distinctInstance"
    ? distinctInstanceFilter(group)
    : memberOfFilter(constraint.expression ?? "");
}

/** No other task of the group on the instance, be it of an earlier revision. */
function distinctInstanceFilter(group: string): Filter {
  return {
    passes: (site) => site.groupCount === 0,
    reason: () => "DistinctInstance placement constraint unsatisfied.",
    detail: (site) => `distinctInstance: holds ${site.groupCount} of group ${group} already`,
  };
}

/** Commands refuse expressions that do not parse; an instance matches none of those that got by. */
export function memberOfFilter(text: string): Filter<Pick<Site, "instance" | "ledger" | "given">> {
  const parsed = parseExpression(text);
  return {
    passes: (site) =>
      parsed.kind === "expression" &&
      matches(parsed.expression, { ...site, taskIds: taskIdsOf(site) }),
    reason: () => "MemberOf placement constraint unsatisfied.",
    detail: () =>
      parsed.kind === "expression"
        ? `memberOf: not met: ${text}`
        : `memberOf: ${parsed.message}: ${text}`,
  };
}
