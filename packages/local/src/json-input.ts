import type { z } from "zod";

/** How a service of AWS's JSON protocol refuses what it cannot read. */
export interface InputRefusals {
  /** It has another shape. */
  readonly malformed: () => Error;
  /** All that is wrong with its values, as AWS says it. */
  readonly invalid: (message: string) => Error;
}

/** The input of an operation, held against its schema. @throws what `refusals` makes */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  refusals: InputRefusals,
): z.output<Schema> {
  const given = parse(text);
  if (given === undefined) throw refusals.malformed();
  const outcome = schema.safeParse(given, { reportInput: true });
  if (outcome.success) return outcome.data;
  const faults = outcome.error.issues.map(faultOf);
  if (faults.includes(undefined)) throw refusals.malformed();
  const count = faults.length === 1 ? "1 validation error" : `${faults.length} validation errors`;
  throw refusals.invalid(`${count} detected: ${faults.join("; ")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Issue = z.core.$ZodIssue;

function faultOf(issue: Issue): string | undefined {
  const constraint = constraintOf(issue);
  if (constraint === undefined) return undefined;
  const place = placeOf(issue.path);
  return `Value ${shown(issue)} at '${place}' failed to satisfy constraint: ${constraint}`;
}

/** Undefined where it is no value of another size or form, but of another type. */
function constraintOf(issue: Issue): string | undefined {
  const { code } = issue;
  if (code === "invalid_type" && (issue.input ?? null) === null) return "Member must not be null";
  if (code === "too_small") {
    return `Member must have ${measureOf(issue.origin)} greater than or equal to ${issue.minimum}`;
  }
  if (code === "too_big") {
    return `Member must have ${measureOf(issue.origin)} less than or equal to ${issue.maximum}`;
  }
  if (code === "invalid_format") {
    return `Member must satisfy regular expression pattern: ${patternOf(issue)}`;
  }
  if (code === "invalid_value") {
    return `Member must satisfy enum value set: [${issue.values.join(", ")}]`;
  }
  return undefined;
}

const measureOf = (origin: string): string =>
  origin === "string" || origin === "array" ? "length" : "value";

/** Without the ends, which AWS leaves out. */
const patternOf = (issue: z.core.$ZodIssueInvalidStringFormat): string =>
  (issue.pattern ?? "").replace(/^\/\^/, "").replace(/\$\/$/, "");

/** Members begin in lower case there, and elements of lists are counted from one. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) =>
      typeof step === "number"
        ? `${step + 1}.member`
        : String(step).replace(/^[A-Z]/, (first) => first.toLowerCase()),
    )
    .join(".");

const MAX_SHOWN = 200;
/** Of all embedded services that read their input here. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(["AuthParameters", "SecretString", "Value"]);

/** Secrets are not said again, nor is what is long. */
function shown({ input, path }: Issue): string {
  if (input === undefined || input === null) return "null";
  if (path.some((step) => SECRET_MEMBERS.has(String(step)))) return "'***'";
  const text = typeof input === "string" ? input : JSON.stringify(input);
  return `'${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}'`;
}
