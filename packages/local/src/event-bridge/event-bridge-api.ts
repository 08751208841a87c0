import { randomUUID } from "node:crypto";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, whyUnsigned } from "../http/signed-event.ts";
import { type Bus, EVENT_BRIDGE_TARGET, takeEvents } from "./put-events.ts";

export interface EventBridgeApiOptions extends Omit<Bus, "newId"> {
  readonly findAccessKey: VerifyOptions["findAccessKey"];
  /** Resolves when the events will not be forgotten. */
  readonly keep: (events: readonly ToldEvent[]) => Promise<void>;
}

/** EventBridge as far as one machine has it: PutEvents, with AWS's checks. */
export function createEventBridgeApi(options: EventBridgeApiOptions): HttpHandler {
  return async (event) => {
    const { findAccessKey, now } = options;
    const refusal = await whyUnsigned(event, { findAccessKey, now: now(), service: "events" });
    if (refusal) return failure(refusal.code, refusal.message);
    const operation = event.headers["x-amz-target"]?.slice(EVENT_BRIDGE_TARGET.length);
    if (operation !== "PutEvents") {
      return failure("UnknownOperationException", "This EventBridge knows PutEvents only.");
    }
    return putEvents(options, parse(bodyOf(event).toString("utf8")));
  };
}

async function putEvents(
  options: EventBridgeApiOptions,
  input: unknown,
): Promise<APIGatewayProxyStructuredResultV2> {
  const outcome = takeEvents({ ...options, newId: randomUUID }, input);
  if (outcome.kind === "refused") return failure(outcome.type, outcome.message);
  const { events, results } = outcome;
  await options.keep(events);
  return answer(200, { FailedEntryCount: results.length - events.length, Entries: results });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const failure = (type: string, message: string) => answer(400, { __type: type, message });

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(body),
});
