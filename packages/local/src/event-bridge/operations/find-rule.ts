import { notFound } from "../refusal.ts";
import type { Rule } from "../rule-book.ts";
import { type BusPlace, busNamed, DEFAULT_BUS, eventsArn } from "./buses.ts";
import type { OperationContext } from "./operation.ts";

/** @throws EventBridgeRefusal ResourceNotFoundException */
export function findRule(
  context: OperationContext,
  name: string,
  bus: string | undefined,
): { readonly busName: string; readonly rule: Rule } {
  const busName = busNamed(context, bus);
  const rule = context.book.rules.get(name);
  if (rule) return { busName, rule };
  throw notFound(`Rule ${name} does not exist on EventBus ${busName}.`);
}

/** Rules of `default` do not name it. */
export const ruleArn = (place: BusPlace, busName: string, name: string): string =>
  eventsArn(place, busName === DEFAULT_BUS ? `rule/${name}` : `rule/${busName}/${name}`);
