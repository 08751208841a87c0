import type { RuleTarget } from "../rule-target.ts";
import { valueAt } from "./event-path.ts";
import { fillTemplate, type TemplateSource } from "./input-template.ts";

/** The JSON that a target is sent for an event. Source: EventBridge API reference, Target. */
export function targetInput(target: RuleTarget, source: TemplateSource): string {
  const { Input, InputPath, InputTransformer } = target;
  if (Input !== undefined) return Input;
  if (InputTransformer) return fillTemplate(InputTransformer, source);
  return JSON.stringify(valueAt(source.event, InputPath ?? "$") ?? null);
}
