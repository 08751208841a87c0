import type { z } from "zod";
import { EventBridgeRefusal, invalid } from "./refusal.ts";

/**
 * The input of an operation, held against its schema.
 *
 * @throws EventBridgeRefusal SerializationException where it has another shape, ValidationException with
 * all that is wrong with its values, as AWS says it
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> {
  const outcome = schema.safeParse(parse(text), { reportInput: true });
  if (outcome.success) return outcome.data;
  const faults = outcome.error.issues.map(faultOf);
  const count = faults.length === 1 ? "1 validation error" : `${faults.length} validation errors`;
  throw invalid(`${count} detected: ${faults.join("; ")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

const malformed = () =>
  new EventBridgeRefusal("SerializationException", "The request is malformed.");

type Issue = z.core.$ZodIssue;

function faultOf(issue: Issue): string {
  const place = placeOf(issue.path);
  return `Value ${shown(issue)} at '${place}' failed to satisfy constraint: ${constraintOf(issue)}`;
}

/** @throws EventBridgeRefusal where it is no value of another size or form, but of another type */
function constraintOf(issue: Issue): string {
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
  throw malformed();
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
