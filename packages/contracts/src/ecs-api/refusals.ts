import { EcsError } from "@berth/domain/errors";

export type Step = string | number;

/** Where in a request a value stands. The outermost one names the operation. */
export interface Place {
  readonly parent: Place | undefined;
  readonly step: Step;
}

/** What a member wants to be, in the words of AWS's parser. */
export type Wanted = "String" | "Boolean" | "Integer" | "Long" | "Double" | "Date" | "List" | "Map";

/** Longest piece of the caller's own text that a message repeats. */
const ECHO_LENGTH = 64;

/** A JSON value of another type than the member's. The words before the path are AWS's own. */
export function wrongType(value: unknown, wanted: Wanted, parent: Place, step: Step): EcsError {
  return serializationError(`${describeMismatch(value, wanted)} (${path(parent, step)})`);
}

/** What cannot be read at all: AWS answers every such request with this code. */
export function serializationError(message: string): EcsError {
  return new EcsError("SerializationException", message);
}

export function missingMember(parent: Place, step: Step): EcsError {
  const { operation } = root(parent);
  const known = parent.parent === undefined ? MISSING_TEXTS[`${operation}.${step}`] : undefined;
  return new EcsError(
    known?.code ?? validationCode(operation),
    known?.text ?? `${path(parent, step)} should not be null.`,
  );
}

/** What says in ECS's own words that the member is missing (ecs-behaviour 2.2). */
const MISSING_TEXTS: Readonly<
  Record<string, { readonly code: "ClientException" | "InvalidParameterException"; text: string }>
> = {
  "DescribeTasks.tasks": { code: "InvalidParameterException", text: "Tasks cannot be empty." },
  "DescribeContainerInstances.containerInstances": {
    code: "ClientException",
    text: "Container Instances cannot be empty.",
  },
  "StartTask.containerInstances": {
    code: "ClientException",
    text: "Container Instances cannot be empty.",
  },
};

export function badEnumValue(
  value: string,
  allowed: readonly string[],
  parent: Place,
  step: Step,
): EcsError {
  return new EcsError(
    validationCode(root(parent).operation),
    `${path(parent, step)} should be one of [${allowed.join(",")}], but was ${echo(value)}`,
  );
}

/** ECS refuses task definitions with ClientException and everything else with the narrower code. */
function validationCode(operation: string): "ClientException" | "InvalidParameterException" {
  return operation === "RegisterTaskDefinition" ? "ClientException" : "InvalidParameterException";
}

function describeMismatch(value: unknown, wanted: Wanted): string {
  if (Array.isArray(value)) return "Start of list found where not expected";
  if (typeof value === "object") return "Start of structure or map found where not expected";
  if (wanted === "List" || wanted === "Map") return "Unexpected field type";
  return `${tokenName(value)} cannot be converted to ${wanted}`;
}

function tokenName(value: unknown): string {
  switch (value) {
    case true:
      return "TRUE_VALUE";
    case false:
      return "FALSE_VALUE";
  }
  if (typeof value === "string") return "STRING_VALUE";
  return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}

function path(parent: Place, step: Step): string {
  const before = parent.parent === undefined ? "" : path(parent.parent, parent.step);
  if (typeof step === "number") return `${before}[${step}]`;
  return before === "" ? echo(step) : `${before}.${echo(step)}`;
}

function root(place: Place): { readonly operation: string } {
  return place.parent === undefined ? { operation: String(place.step) } : root(place.parent);
}

function echo(text: string): string {
  return text.length <= ECHO_LENGTH ? text : `${text.slice(0, ECHO_LENGTH)}...`;
}
