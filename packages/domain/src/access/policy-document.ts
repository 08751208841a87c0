import type { ClusterCondition, Patterns, PolicyStatement } from "./policy-statement.ts";
import { CONDITION_OPERATORS } from "./policy-statement.ts";
import { isArn } from "./wildcard.ts";

export type PolicyReading =
  | { readonly kind: "read"; readonly statements: readonly PolicyStatement[] }
  /** Each fault names its element, such as `Statement[1].Condition`. */
  | { readonly kind: "malformed"; readonly faults: readonly string[] };

/** Of a managed policy, without white space. Source: IAM user guide, quotas. */
const MAX_LENGTH = 6_144;
const VERSIONS = ["2012-10-17", "2008-10-17"];

/**
 * Reads an identity-based policy document. What Berth would not obey is a fault, never passed over:
 * a condition that nobody looks at would let in whom it should keep out.
 */
export function readPolicyDocument(document: unknown): PolicyReading {
  const faults: string[] = [];
  const statements = readDocument(document, faults);
  return faults.length === 0 ? { kind: "read", statements } : { kind: "malformed", faults };
}

/** The faults found so far; every reader adds to them and goes on. */
type Faults = string[];
type Element = Readonly<Record<string, unknown>>;

function readDocument(document: unknown, faults: Faults): readonly PolicyStatement[] {
  if (!isElement(document)) return fault(faults, "The policy", "must be an object", []);
  if (JSON.stringify(document).length > MAX_LENGTH) {
    return fault(faults, "The policy", `must be no longer than ${MAX_LENGTH} characters`, []);
  }
  onlyKnown(document, ["Version", "Id", "Statement"], "", faults);
  const { Version: version = VERSIONS[0] } = document;
  if (!VERSIONS.some((each) => each === version)) {
    faults.push(`Version must be one of ${VERSIONS.join(", ")}`);
  }
  const list = [document.Statement ?? []].flat();
  if (list.length === 0) faults.push("Statement must hold a statement");
  return list.flatMap((each, index) => readStatement(each, `Statement[${index}]`, faults) ?? []);
}

function readStatement(given: unknown, at: string, faults: Faults): PolicyStatement | undefined {
  if (!isElement(given)) return fault(faults, at, "must be an object", undefined);
  const known = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
  onlyKnown(given, known, `${at}.`, faults);
  const { Effect: effect } = given;
  if (effect !== "Allow" && effect !== "Deny") faults.push(`${at}.Effect must be Allow or Deny`);
  return {
    effect: effect === "Allow" ? "Allow" : "Deny",
    actions: readPatterns(given, { name: "Action", check: actionFault }, at, faults),
    resources: readPatterns(given, { name: "Resource", check: resourceFault }, at, faults),
    conditions: readConditions(given.Condition ?? {}, `${at}.Condition`, faults),
  };
}

interface PatternElement {
  readonly name: "Action" | "Resource";
  readonly check: (text: string) => string | undefined;
}

function readPatterns(
  statement: Element,
  { name, check }: PatternElement,
  at: string,
  faults: Faults,
): Patterns {
  const not = statement[name] === undefined;
  const element = not ? `Not${name}` : name;
  if (statement[name] !== undefined && statement[`Not${name}`] !== undefined) {
    faults.push(`${at} must not have both ${name} and Not${name}`);
  }
  if (statement[element] === undefined) {
    return fault(faults, at, `must have ${name} or Not${name}`, { not, patterns: [] });
  }
  const patterns = readTexts(statement[element], `${at}.${element}`, faults);
  for (const problem of patterns.map(check)) {
    if (problem !== undefined) faults.push(`${at}.${element} ${problem}`);
  }
  return { not, patterns };
}

const actionFault = (text: string): string | undefined =>
  /^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i.test(text)
    ? undefined
    : `must be * or an action such as ecs:RunTask, and not ${text}`;

const resourceFault = (text: string): string | undefined =>
  text === "*" || text.startsWith("arn:")
    ? variableFault(text)
    : `must be * or an ARN, and not ${text}`;

const variableFault = (text: string): string | undefined =>
  text.includes("${") ? `must not have a policy variable: ${text}` : undefined;

function readConditions(given: unknown, at: string, faults: Faults): readonly ClusterCondition[] {
  if (!isElement(given)) return fault(faults, at, "must be an object", []);
  return Object.entries(given).flatMap(([name, keys]) => {
    const operator = CONDITION_OPERATORS.find((each) => each === name);
    if (!operator) {
      return fault(faults, `${at}.${name}`, `is not one of ${CONDITION_OPERATORS.join(", ")}`, []);
    }
    if (!isElement(keys)) return fault(faults, `${at}.${name}`, "must be an object", []);
    return Object.entries(keys).flatMap(([key, values]) => {
      const element = `${at}.${name}.${key}`;
      if (key.toLowerCase() !== "ecs:cluster") {
        return fault(faults, element, "is not ecs:cluster, the only key that Berth knows", []);
      }
      const condition = { operator, values: readTexts(values, element, faults) };
      for (const problem of condition.values.map((value) => valueFault(condition, value))) {
        if (problem !== undefined) faults.push(`${element} ${problem}`);
      }
      return condition;
    });
  });
}

const valueFault = ({ operator }: ClusterCondition, value: string): string | undefined =>
  operator.startsWith("Arn") && !isArn(value)
    ? `must be an ARN of six parts, and not ${value}`
    : variableFault(value);

/** One text or several. */
function readTexts(given: unknown, at: string, faults: Faults): readonly string[] {
  const texts = [given].flat();
  if (texts.length > 0 && texts.every((each) => typeof each === "string")) return texts;
  return fault(faults, at, "must be a text or a list of texts", []);
}

function onlyKnown(element: Element, known: readonly string[], at: string, faults: Faults): void {
  for (const name of Object.keys(element).filter((each) => !known.includes(each))) {
    faults.push(`${at}${name} is no element of an identity-based policy that Berth knows`);
  }
}

function fault<T>(faults: Faults, element: string, problem: string, instead: T): T {
  faults.push(`${element} ${problem}`);
  return instead;
}

const isElement = (value: unknown): value is Element =>
  typeof value === "object" && value !== null && !Array.isArray(value);
