import type { NumberKind } from "./member-rules.ts";
import { badEnumValue, wrongType } from "./refusals.ts";
import type { Place, Step } from "./refusals.ts";

/**
 * Turns one JSON value, never null, into what the SDK's types promise of it. `parent` and `step`
 * say where it stands, for the message of a refusal.
 *
 * @throws EcsError SerializationException, InvalidParameterException, ClientException
 */
export type Reader = (value: unknown, parent: Place, step: Step) => unknown;

const INTEGER_MAX = 2 ** 31 - 1;
const INTEGER_MIN = -(2 ** 31);

const IN_RANGE: Readonly<Record<NumberKind, (value: number) => boolean>> = {
  Integer: (value) => Number.isInteger(value) && value >= INTEGER_MIN && value <= INTEGER_MAX,
  Long: Number.isSafeInteger,
  Double: Number.isFinite,
};

export const readString: Reader = (value, parent, step) => {
  if (typeof value !== "string") throw wrongType(value, "String", parent, step);
  return value;
};

export const readBoolean: Reader = (value, parent, step) => {
  if (typeof value !== "boolean") throw wrongType(value, "Boolean", parent, step);
  return value;
};

/** Epoch seconds, with or without a fraction. */
export const readTimestamp: Reader = (value, parent, step) => {
  const date = typeof value === "number" ? new Date(Math.round(value * 1000)) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw wrongType(value, "Date", parent, step);
  return date;
};

/** Free-form JSON, as it is. */
export const readDocument: Reader = (value) => value;

export function numberReader(kind: NumberKind): Reader {
  const isInRange = IN_RANGE[kind];
  return (value, parent, step) => {
    if (typeof value !== "number" || !isInRange(value)) throw wrongType(value, kind, parent, step);
    return value;
  };
}

export function enumReader(allowed: readonly string[]): Reader {
  const values = new Set<unknown>(allowed);
  return (value, parent, step) => {
    if (values.has(value)) return value;
    if (typeof value !== "string") throw wrongType(value, "String", parent, step);
    throw badEnumValue(value, allowed, parent, step);
  };
}
