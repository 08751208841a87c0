import type {
  ClusterCondition,
  ConditionOperator,
  Patterns,
  PolicyStatement,
} from "./policy-statement.ts";
import { matchesArn, matchesWildcard } from "./wildcard.ts";

/** One action on one resource, as policies name them. */
export interface AccessRequest {
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action is on none. */
  readonly resource: string;
  /** The value of `ecs:cluster`, where the action is about a cluster. */
  readonly clusterArn?: string;
}

export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

/**
 * What the statements of identity-based policies say together: a Deny that applies wins, what no
 * Allow applies to is refused. Source: IAM user guide, "Policy evaluation logic".
 */
export function evaluate(statements: readonly PolicyStatement[], request: AccessRequest): Decision {
  const applying = statements.filter((each) => applies(each, request));
  if (applying.some(({ effect }) => effect === "Deny")) return "explicitDeny";
  return applying.length > 0 ? "allowed" : "implicitDeny";
}

const applies = (statement: PolicyStatement, request: AccessRequest): boolean =>
  isMeant(statement.actions, request.action, matchesAction) &&
  isMeant(statement.resources, request.resource, matchesWildcard) &&
  statement.conditions.every((condition) => holds(condition, request.clusterArn));

const isMeant = (
  { not, patterns }: Patterns,
  text: string,
  matches: (pattern: string, text: string) => boolean,
): boolean => patterns.some((pattern) => matches(pattern, text)) !== not;

/** IAM does not tell upper from lower case in actions, and does in resources. */
const matchesAction = (pattern: string, action: string): boolean =>
  matchesWildcard(pattern.toLowerCase(), action.toLowerCase());

/** A key that the call does not have fits no value. */
const holds = ({ operator, values }: ClusterCondition, clusterArn: string | undefined): boolean =>
  clusterArn !== undefined && values.some((value) => COMPARE[operator](value, clusterArn));

const COMPARE: Readonly<Record<ConditionOperator, (value: string, given: string) => boolean>> = {
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  StringEquals: (value, given) => value === given,
  StringLike: matchesWildcard,
};
