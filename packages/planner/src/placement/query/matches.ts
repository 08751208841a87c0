import { groupHash } from "@berth/domain/group-hash";
import type { Candidate } from "../place.ts";
import { holdsGroup } from "../site.ts";
import type { Expression, Order, Subject } from "./expression.ts";
import { compareKeys, orderKey } from "./order-key.ts";
import { matchesWhole } from "./pattern.ts";

/** An instance as expressions see it. */
export interface InstanceFacts extends Candidate {
  /** Every task that holds something on it: these count as `runningTasksCount`. */
  readonly taskIds: readonly string[];
}

/** Whether an expression holds for an instance. What an instance lacks equals and matches nothing. */
export function matches(expression: Expression, facts: InstanceFacts): boolean {
  switch (expression.kind) {
    case "and":
      return expression.operands.every((each) => matches(each, facts));
    case "or":
      return expression.operands.some((each) => matches(each, facts));
    case "not":
      return !matches(expression.operand, facts);
    case "in":
      return expression.values.some((value) => isEqual(expression.subject, value, facts));
    case "exists":
    case "matches":
    case "compare":
      return matchesText(expression, valueOf(expression.subject, facts));
  }
}

type Leaf = Extract<Expression, { kind: "exists" | "matches" | "compare" }>;

function matchesText(leaf: Leaf, text: string | undefined): boolean {
  if (text === undefined) return false;
  switch (leaf.kind) {
    case "exists":
      return true;
    case "matches":
      return matchesWhole(leaf.pattern, text);
    case "compare":
      return ORDERS[leaf.order](compareTexts(leaf.subject, text, leaf.value));
  }
}

function isEqual(subject: Subject, value: string, facts: InstanceFacts): boolean {
  if (subject.kind === "task:group") return holdsGroup(facts.taskIds, groupHash(value));
  const text = valueOf(subject, facts);
  if (text === undefined) return false;
  return ORDERED.has(subject.kind) ? compareTexts(subject, text, value) === 0 : text === value;
}

/** Subjects that are equal when they are of one order: version 1.27 is 1.27.0. */
const ORDERED: ReadonlySet<Subject["kind"]> = new Set([
  "agentVersion",
  "registeredAt",
  "runningTasksCount",
]);

function valueOf(subject: Subject, facts: InstanceFacts): string | undefined {
  switch (subject.kind) {
    case "attribute": {
      const own = facts.instance.attributes.find(({ name }) => name === subject.name);
      return own && (own.value ?? "");
    }
    case "agentConnected":
      return String(facts.ledger.agentConnected);
    case "agentVersion":
      return facts.instance.versionInfo.agentVersion;
    case "ec2InstanceId":
      return facts.instance.ec2InstanceId;
    case "registeredAt":
      return String(facts.instance.registeredAt);
    case "runningTasksCount":
      return String(facts.taskIds.length);
    case "task:group":
      return undefined;
  }
}

/** Below 0, 0 or above, as numbers where both are some, else by code units. */
function compareTexts(subject: Subject, own: string, given: string): number {
  const ownKey = subject.kind === "registeredAt" ? [Number(own)] : orderKey(subject, own);
  const givenKey = orderKey(subject, given);
  if (ownKey && givenKey) return compareKeys(ownKey, givenKey);
  if (own === given) return 0;
  return own < given ? -1 : 1;
}

const ORDERS: Readonly<Record<Order, (difference: number) => boolean>> = {
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};
