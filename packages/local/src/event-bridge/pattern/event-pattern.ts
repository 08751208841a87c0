import type { BlockList } from "node:net";

/** What has no parts: the leaves of an event. */
export type Scalar = string | number | boolean | null;

/**
 * What EventBridge asks of an event, read once so that events are only compared with it. All fields
 * must match, and of each list of alternatives one.
 */
export interface EventPattern {
  readonly fields: ReadonlyMap<string, EventPattern | FieldPattern>;
  /** An entry for each `$or`. */
  readonly alternatives: readonly (readonly EventPattern[])[];
}

/** What a field may be: one of these is enough. */
export interface FieldPattern {
  /** From the top of the event. */
  readonly path: readonly string[];
  readonly matchers: readonly Matcher[];
}

export type Matcher =
  | { readonly kind: "exists"; readonly isThere: boolean }
  | { readonly kind: "anythingBut"; readonly matchers: readonly ScalarMatcher[] }
  | ScalarMatcher;

export type ScalarMatcher =
  | { readonly kind: "equals"; readonly value: Scalar }
  | { readonly kind: "text"; readonly how: TextRelation; readonly text: string }
  /** In lower case, compared with what is made lower case as well. */
  | { readonly kind: "textIgnoringCase"; readonly how: TextRelation; readonly text: string }
  /** What stands between the asterisks: one more piece than there are asterisks. */
  | { readonly kind: "wildcard"; readonly pieces: readonly string[] }
  | { readonly kind: "numeric"; readonly bounds: readonly NumericBound[] }
  | { readonly kind: "cidr"; readonly addresses: BlockList };

export type TextRelation = "equals" | "startsWith" | "endsWith";

/** The value stands in this relation to the limit. */
export interface NumericBound {
  readonly relation: NumericRelation;
  readonly limit: number;
}

export const NUMERIC_RELATIONS = ["=", "<", "<=", ">", ">="] as const;
export type NumericRelation = (typeof NUMERIC_RELATIONS)[number];
