import { EcsError } from "@berth/domain/errors";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import { parseExpression } from "@berth/planner/placement/query/parse-expression";

const MAX_STRATEGIES = 5;
const MAX_CONSTRAINTS = 10;
const MAX_EXPRESSION_LENGTH = 2000;
/** No attribute has a longer name. Source: ECS API reference, Attribute. */
const SPREAD_FIELD = /^(instanceId|host|attribute:.{1,128})$/;

interface GivenConstraint {
  readonly type?: PlacementConstraint["type"] | undefined;
  readonly expression?: string | undefined;
}

interface GivenStrategy {
  readonly type?: PlacementStrategy["type"] | undefined;
  readonly field?: string | undefined;
}

/** @throws EcsError InvalidParameterException */
export function validConstraints(
  given: readonly GivenConstraint[] | undefined = [],
): readonly PlacementConstraint[] {
  if (given.length > MAX_CONSTRAINTS) {
    throw invalid(`Maximum number of constraints is ${MAX_CONSTRAINTS}`);
  }
  return given.map(validConstraint);
}

function validConstraint({ type, expression }: GivenConstraint): PlacementConstraint {
  switch (type) {
    case undefined:
      throw invalid("Placement constraint type should be one of [distinctInstance,memberOf]");
    case "memberOf":
      return { type, expression: validExpression(expression ?? "") };
    case "distinctInstance":
      if (expression) throw invalid("distinctInstance expression should not be specified");
      return { type };
  }
}

function validExpression(text: string): string {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw invalid(`Placement constraint expression longer than ${MAX_EXPRESSION_LENGTH}.`);
  }
  const parsed = parseExpression(text);
  if (parsed.kind === "expression") return text;
  throw invalid(`Invalid placement constraint expression: ${parsed.message}`);
}

/** @throws EcsError InvalidParameterException */
export function validStrategy(
  given: readonly GivenStrategy[] | undefined = [],
): readonly PlacementStrategy[] {
  if (given.length > MAX_STRATEGIES) {
    throw invalid(`Maximum number of strategies is ${MAX_STRATEGIES}`);
  }
  return given.map(validStep);
}

function validStep({ type, field }: GivenStrategy): PlacementStrategy {
  switch (type) {
    case undefined:
      throw invalid("Placement strategy type should be one of [random,spread,binpack]");
    case "random":
      if (field) throw invalid("random field should not be specified.");
      return { type };
    case "binpack":
      return { type, field: validField(type, field?.toLowerCase(), /^(cpu|memory)$/) };
    case "spread":
      return { type, field: validField(type, field, SPREAD_FIELD) };
  }
}

function validField(type: string, field: string | undefined, allowed: RegExp): string {
  if (field !== undefined && allowed.test(field)) return field;
  throw invalid(`${type} field '${field ?? ""}' is invalid`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
