import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { InputTransformer } from "../rule-target.ts";
import { valueAt } from "./event-path.ts";

export interface RuleOfInput {
  readonly name: string;
  readonly arn: string;
}

export interface TemplateSource {
  readonly event: ToldEvent;
  readonly rule: RuleOfInput;
  /** Epoch ms: when the bus took the event. */
  readonly takenAt: number;
}

/** What every template has. Source: EventBridge user guide, input transformation. */
export const RESERVED_VARIABLES: ReadonlyMap<string, (source: TemplateSource) => unknown> = new Map<
  string,
  (source: TemplateSource) => unknown
>([
  ["aws.events.rule-arn", ({ rule }) => rule.arn],
  ["aws.events.rule-name", ({ rule }) => rule.name],
  ["aws.events.event.ingestion-time", ({ takenAt }) => new Date(takenAt).toISOString()],
  ["aws.events.event", ({ event }) => ({ ...event, detail: undefined })],
  ["aws.events.event.json", ({ event }) => event],
]);

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;

export const placeholdersIn = (template: string): readonly string[] =>
  Array.from(template.matchAll(PLACEHOLDER), ([, name = ""]) => name);

/**
 * Puts values in the place of their names: as they are where a text in quotation marks goes on around
 * them, else as JSON. What the event does not have is the empty text, or null.
 */
export function fillTemplate(
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
  source: TemplateSource,
): string {
  const isQuoted = quotedPositions(InputTemplate);
  return InputTemplate.replaceAll(PLACEHOLDER, (_, name: string, position: number) => {
    const reserved = RESERVED_VARIABLES.get(name);
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
    const value = reserved ? reserved(source) : path && valueAt(source.event, path);
    return isQuoted(position) ? quotedText(value) : JSON.stringify(value ?? null);
  });
}

/** Escaped, so that what is around it stays JSON. */
function quotedText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return value === undefined || value === null ? "" : JSON.stringify(text).slice(1, -1);
}

/** Tells of a position whether an odd number of quotation marks stands before it. */
function quotedPositions(template: string): (position: number) => boolean {
  const marks = Array.from(template.matchAll(/\\.|"/gs))
    .filter(([text]) => text === '"')
    .map(({ index }) => index);
  return (position) => marks.filter((each) => each < position).length % 2 === 1;
}
