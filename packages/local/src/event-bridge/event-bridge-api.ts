import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, whyUnsigned } from "../http/signed-event.ts";
import { API_DESTINATION_OPERATIONS } from "./operations/api-destinations.ts";
import { BUS_OPERATIONS } from "./operations/buses.ts";
import { CONNECTION_OPERATIONS } from "./operations/connections.ts";
import type { OperationContext } from "./operations/operation.ts";
import { RULE_OPERATIONS } from "./operations/rules.ts";
import { TAG_OPERATIONS } from "./operations/tags.ts";
import { TARGET_OPERATIONS } from "./operations/targets.ts";
import { EVENT_BRIDGE_TARGET, takeEvents } from "./put-events.ts";
import { EventBridgeRefusal } from "./refusal.ts";

export interface EventBridgeApiOptions extends OperationContext {
  readonly findAccessKey: VerifyOptions["findAccessKey"];
  /** Resolves when the events will not be forgotten. */
  readonly keep: (events: readonly ToldEvent[]) => Promise<void>;
}

/** All but PutEvents, which waits for what it keeps. */
const OPERATIONS = new Map([
  ...BUS_OPERATIONS,
  ...RULE_OPERATIONS,
  ...TARGET_OPERATIONS,
  ...CONNECTION_OPERATIONS,
  ...API_DESTINATION_OPERATIONS,
  ...TAG_OPERATIONS,
]);

/** EventBridge as far as one machine has it: events, rules and API destinations, with AWS's checks. */
export function createEventBridgeApi(options: EventBridgeApiOptions): HttpHandler {
  return async (event) => {
    const { findAccessKey, now } = options;
    const refusal = await whyUnsigned(event, { findAccessKey, now: now(), service: "events" });
    if (refusal) return failure(refusal.code, refusal.message);
    const operation = event.headers["x-amz-target"]?.slice(EVENT_BRIDGE_TARGET.length) ?? "";
    const body = bodyOf(event).toString("utf8");
    return operation === "PutEvents"
      ? putEvents(options, parse(body))
      : run(options, operation, body);
  };
}

function run(
  options: EventBridgeApiOptions,
  name: string,
  body: string,
): APIGatewayProxyStructuredResultV2 {
  try {
    const operation = OPERATIONS.get(name);
    if (operation) return answer(200, operation(options, body));
    throw new EventBridgeRefusal(
      "UnknownOperationException",
      `The EventBridge of one machine does not have the operation ${name}.`,
    );
  } catch (error) {
    if (error instanceof EventBridgeRefusal) return failure(error.code, error.message);
    throw error;
  }
}

async function putEvents(
  options: EventBridgeApiOptions,
  input: unknown,
): Promise<APIGatewayProxyStructuredResultV2> {
  const outcome = takeEvents(options, input);
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
