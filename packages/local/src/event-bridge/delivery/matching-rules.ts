import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { EventPattern } from "../pattern/event-pattern.ts";
import { matchesEvent } from "../pattern/match-event.ts";
import { readPattern } from "../pattern/read-pattern.ts";
import type { Rule, RuleBook } from "../rule-book.ts";

/** A pattern is read once: a changed rule is another object. */
const patterns = new WeakMap<Rule, EventPattern>();

/** The enabled ones that the event matches. */
export const matchingRules = (book: RuleBook, event: ToldEvent): readonly Rule[] =>
  [...book.rules.values()].filter(
    (rule) => rule.state === "ENABLED" && matchesEvent(patternOf(rule), event),
  );

function patternOf(rule: Rule): EventPattern {
  const known = patterns.get(rule);
  if (known) return known;
  const reading = readPattern(rule.eventPattern);
  if (reading.kind === "malformed") {
    throw new Error(`The pattern of the rule ${rule.name} cannot be read: ${reading.reason}`);
  }
  patterns.set(rule, reading.pattern);
  return reading.pattern;
}
