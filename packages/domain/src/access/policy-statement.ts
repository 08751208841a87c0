/** What an IAM policy says, read: docs/guides/access-keys.md says which elements Berth knows. */
export interface PolicyStatement {
  readonly effect: "Allow" | "Deny";
  readonly actions: Patterns;
  readonly resources: Patterns;
  /** All of them must hold. */
  readonly conditions: readonly ClusterCondition[];
}

/** `Action` and `Resource`, or with `not` their counterparts that mean everything else. */
export interface Patterns {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

export const CONDITION_OPERATORS = ["ArnEquals", "ArnLike", "StringEquals", "StringLike"] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

/** About the key `ecs:cluster`, the ARN of the cluster that a call is about. One value must fit. */
export interface ClusterCondition {
  readonly operator: ConditionOperator;
  readonly values: readonly string[];
}
