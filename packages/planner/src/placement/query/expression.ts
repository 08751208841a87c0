import type { Pattern } from "./pattern.ts";

/** A cluster query expression, read. Source: ECS developer guide, cluster query language. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "exists"; readonly subject: Subject }
  | { readonly kind: "in"; readonly subject: Subject; readonly values: readonly string[] }
  | { readonly kind: "matches"; readonly subject: Subject; readonly pattern: Pattern }
  | {
      readonly kind: "compare";
      readonly subject: Subject;
      readonly order: Order;
      readonly value: string;
    };

export type Order = "<" | "<=" | ">" | ">=";

export type Subject =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: PlainSubject };

export const PLAIN_SUBJECTS = [
  "agentConnected",
  "agentVersion",
  "ec2InstanceId",
  "registeredAt",
  "runningTasksCount",
  "task:group",
] as const;

export type PlainSubject = (typeof PLAIN_SUBJECTS)[number];
