import { isObject } from "../pattern/read-pattern.ts";

/** What of JSONPath EventBridge has: members, elements, and all elements. */
const PATH = /^\$(\.[A-Za-z0-9_-]+|\[\d+\]|\[\*\])*$/;

export const isReadablePath = (path: string): boolean => PATH.test(path);

/** What is there in the event, or undefined. */
export function valueAt(event: unknown, path: string): unknown {
  let value = event;
  const steps = path.match(/[A-Za-z0-9_-]+|\*/g) ?? [];
  for (const [position, step] of steps.entries()) {
    if (step === "*") return elementsAt(value, steps.slice(position + 1));
    value = memberOf(value, step);
  }
  return value;
}

function elementsAt(value: unknown, steps: readonly string[]): unknown {
  if (!Array.isArray(value)) return undefined;
  const rest = `$${steps.map((step) => (step === "*" ? "[*]" : `.${step}`)).join("")}`;
  return value.map((each: unknown) => valueAt(each, rest));
}

function memberOf(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
