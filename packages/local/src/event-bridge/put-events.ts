import { entrySize, MAX_BYTES, MAX_ENTRIES } from "@berth/aws/event-batches";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { z } from "zod";
import { isNestedDeeply } from "./is-nested-deeply.ts";
import { busNamed } from "./operations/buses.ts";
import { EventBridgeRefusal } from "./refusal.ts";

/** How requests to EventBridge are known: the beginning of their `X-Amz-Target`. */
export const EVENT_BRIDGE_TARGET = "AWSEvents.";

export interface Bus {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly now: () => number;
  readonly newId: () => string;
}

export type EntryResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

export type PutEventsOutcome =
  | { readonly kind: "refused"; readonly type: string; readonly message: string }
  | {
      readonly kind: "taken";
      readonly events: readonly ToldEvent[];
      readonly results: readonly EntryResult[];
    };

/** Of the years that ISO 8601 writes with four digits, in epoch seconds. */
const FIRST_SECOND = Date.parse("0000-01-01T00:00:00Z") / 1_000;
const LAST_SECOND = Date.parse("9999-12-31T23:59:59Z") / 1_000;

const text = z.string().optional();
const entrySchema = z.object({
  Source: text,
  DetailType: text,
  Detail: text,
  EventBusName: text,
  Resources: z.array(z.string()).optional(),
  /** Epoch seconds. */
  Time: z.number().min(FIRST_SECOND).max(LAST_SECOND).optional(),
});
const inputSchema = z.object({ Entries: z.array(entrySchema).default([]) });

type Entry = z.infer<typeof entrySchema>;

/**
 * What EventBridge makes of a PutEvents: it refuses the request, or each entry by itself. Source:
 * EventBridge API reference, PutEvents.
 */
export function takeEvents(bus: Bus, input: unknown): PutEventsOutcome {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) return refused("SerializationException", "The request is malformed.");
  const { Entries: entries } = parsed.data;
  const fault = requestFault(entries);
  if (fault !== undefined) return refused("ValidationException", fault);
  const outcomes = entries.map((entry) => takeEntry(bus, entry));
  return {
    kind: "taken",
    events: outcomes.flatMap((outcome) => ("id" in outcome ? [outcome] : [])),
    results: outcomes.map((outcome) => ("id" in outcome ? { EventId: outcome.id } : outcome)),
  };
}

const refused = (type: string, message: string): PutEventsOutcome => ({
  kind: "refused",
  type,
  message,
});

function requestFault(entries: readonly Entry[]): string | undefined {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    const bound = entries.length === 0 ? "greater than or equal to 1" : "less than or equal to 10";
    return (
      "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to " +
      `satisfy constraint: Member must have length ${bound}`
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  return bytes > MAX_BYTES
    ? "Total size of the entries in the request is over the limit."
    : undefined;
}

type EntryError = Extract<EntryResult, { readonly ErrorCode: string }>;

function takeEntry(bus: Bus, entry: Entry): ToldEvent | EntryError {
  const fault = entryFault(bus, entry);
  if (fault) return fault;
  const detail = objectOf(entry.Detail ?? "");
  if (!detail) return failed("MalformedDetail", "Detail is malformed.");
  const { Source = "", DetailType = "", Resources = [], Time } = entry;
  return {
    version: "0",
    id: bus.newId(),
    "detail-type": DetailType,
    source: Source,
    account: bus.account,
    time: secondsOf(Time === undefined ? bus.now() : Time * 1_000),
    region: bus.region,
    resources: Resources,
    detail,
  };
}

function entryFault(bus: Bus, entry: Entry): EntryError | undefined {
  const missing = (["Source", "DetailType", "Detail"] as const).find((name) => !entry[name]);
  if (missing) {
    const why = `Reason: ${missing} is a required argument.`;
    return failed("InvalidArgument", `Parameter ${missing} is not valid. ${why}`);
  }
  if (entry.Source?.startsWith("aws.")) {
    return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  try {
    busNamed(bus, entry.EventBusName);
    return undefined;
  } catch (error) {
    if (error instanceof EventBridgeRefusal) return failed(error.code, error.message);
    throw error;
  }
}

const failed = (ErrorCode: string, ErrorMessage: string): EntryError => ({
  ErrorCode,
  ErrorMessage,
});

const secondsOf = (epochMs: number) => new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");

function objectOf(json: string): ToldEvent["detail"] | undefined {
  if (isNestedDeeply(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as ToldEvent["detail"]) : undefined;
  } catch {
    return undefined;
  }
}
