import { type Expression, type Order, PLAIN_SUBJECTS, type Subject } from "./expression.ts";
import { orderKey } from "./order-key.ts";
import { parsePattern } from "./parse-pattern.ts";
import { ExpressionFault, Scanner } from "./scanner.ts";

export type ParsedExpression =
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "invalid"; readonly message: string };

const MAX_LENGTH = 2000;

/**
 * Reads a cluster query expression: of `memberOf` and of ListContainerInstances' `filter`. `not`
 * binds tighter than `and`, and that tighter than `or`.
 */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > MAX_LENGTH) {
    return { kind: "invalid", message: `is longer than ${MAX_LENGTH} characters` };
  }
  try {
    const scanner = new Scanner(text);
    const expression = alternatives(scanner);
    scanner.expectEnd();
    return { kind: "expression", expression };
  } catch (error) {
    if (error instanceof ExpressionFault) return { kind: "invalid", message: error.message };
    throw error;
  }
}

function alternatives(scanner: Scanner): Expression {
  const operands = [conjunction(scanner)];
  while (scanner.accept(["||", "or"])) operands.push(conjunction(scanner));
  return joined("or", operands);
}

function conjunction(scanner: Scanner): Expression {
  const operands = [factor(scanner)];
  while (scanner.accept(["&&", "and"])) operands.push(factor(scanner));
  return joined("and", operands);
}

function joined(kind: "and" | "or", operands: readonly Expression[]): Expression {
  const [only, ...others] = operands;
  return only && others.length === 0 ? only : { kind, operands };
}

function factor(scanner: Scanner): Expression {
  if (scanner.accept(["!", "not"])) return { kind: "not", operand: factor(scanner) };
  if (!scanner.accept(["("])) return comparison(scanner);
  const inner = alternatives(scanner);
  scanner.expect(")");
  return inner;
}

function comparison(scanner: Scanner): Expression {
  const subject = parseSubject(scanner);
  const spelling = scanner.accept(SPELLINGS) ?? scanner.fail("an operator");
  const operator: Operator = OPERATORS[spelling];
  if (!TAKES[subject.kind].includes(operator.kind)) {
    scanner.refuse((place) => `${subject.kind} does not take the operator ${spelling} ${place}`);
  }
  const positive = predicate(scanner, subject, operator);
  return operator.negated ? { kind: "not", operand: positive } : positive;
}

function predicate(scanner: Scanner, subject: Subject, operator: Operator): Expression {
  switch (operator.kind) {
    case "exists":
      return { kind: "exists", subject };
    case "equals":
      return { kind: "in", subject, values: [value(scanner, subject)] };
    case "in":
      return { kind: "in", subject, values: list(scanner, subject) };
    case "matches":
      return { kind: "matches", subject, pattern: parsePattern(scanner.pattern()) };
    case "compare":
      return { kind: "compare", subject, order: operator.order, value: value(scanner, subject) };
  }
}

function list(scanner: Scanner, subject: Subject): readonly string[] {
  scanner.expect("[");
  const values = [value(scanner, subject)];
  while (scanner.accept([","])) values.push(value(scanner, subject));
  scanner.expect("]");
  return values;
}

function value(scanner: Scanner, subject: Subject): string {
  const text = scanner.literal("a value");
  const needed = VALUES[subject.kind];
  if (needed && !needed.accepts(text, subject)) {
    scanner.refuse(
      (place) => `${subject.kind} needs ${needed.called} ${place} but was given ${text}`,
    );
  }
  return text;
}

function parseSubject(scanner: Scanner): Subject {
  const text = scanner.literal("a subject");
  const name = /^attribute:(.+)$/.exec(text)?.[1];
  if (name !== undefined) return { kind: "attribute", name };
  const kind =
    PLAIN_SUBJECTS.find((each) => each === text) ??
    scanner.refuse((place) => `${text} ${place} is not a subject`);
  return { kind };
}

type Operator = { readonly negated?: true } & (
  | { readonly kind: "exists" | "equals" | "in" | "matches" }
  | { readonly kind: "compare"; readonly order: Order }
);

/** Longer spellings come before those they begin with. */
const OPERATORS = {
  "==": { kind: "equals" },
  "!=": { kind: "equals", negated: true },
  "=~": { kind: "matches" },
  "!~": { kind: "matches", negated: true },
  ">=": { kind: "compare", order: ">=" },
  "<=": { kind: "compare", order: "<=" },
  ">": { kind: "compare", order: ">" },
  "<": { kind: "compare", order: "<" },
  "!exists": { kind: "exists", negated: true },
  "!in": { kind: "in", negated: true },
  equals: { kind: "equals" },
  not_equals: { kind: "equals", negated: true },
  matches: { kind: "matches" },
  not_matches: { kind: "matches", negated: true },
  greater_than_equal: { kind: "compare", order: ">=" },
  less_than_equal: { kind: "compare", order: "<=" },
  greater_than: { kind: "compare", order: ">" },
  less_than: { kind: "compare", order: "<" },
  exists: { kind: "exists" },
  not_exists: { kind: "exists", negated: true },
  in: { kind: "in" },
  not_in: { kind: "in", negated: true },
} as const satisfies Record<string, Operator>;

const SPELLINGS = Object.keys(OPERATORS) as (keyof typeof OPERATORS)[];

/** Groups are known by their hashes alone, so no pattern can be held against them. */
const TAKES: Readonly<Record<Subject["kind"], readonly Operator["kind"][]>> = {
  attribute: ["exists", "equals", "in", "matches", "compare"],
  agentConnected: ["equals", "in", "matches"],
  ec2InstanceId: ["equals", "in", "matches"],
  agentVersion: ["equals", "compare"],
  runningTasksCount: ["equals", "compare"],
  registeredAt: ["equals", "compare"],
  "task:group": ["equals", "in"],
};

interface ValueRule {
  readonly called: string;
  accepts(text: string, subject: Subject): boolean;
}

const hasOrder: ValueRule["accepts"] = (text, subject) => orderKey(subject, text) !== undefined;

const VALUES: Readonly<Partial<Record<Subject["kind"], ValueRule>>> = {
  agentConnected: { called: "true or false", accepts: (text) => /^(true|false)$/.test(text) },
  agentVersion: { called: "a version", accepts: hasOrder },
  runningTasksCount: { called: "a number", accepts: (text) => /^\d+$/.test(text) },
  registeredAt: { called: "a date", accepts: hasOrder },
};
