import { setTimeout as delay } from "node:timers/promises";
import { ruleArn } from "../operations/find-rule.ts";
import { connectionAt, destinationAt } from "../operations/find-destination.ts";
import type { OperationContext } from "../operations/operation.ts";
import type { ApiDestination, Connection, RetryPolicy, Rule, RuleTarget } from "../rule-book.ts";
import { callDestination, type CallOutcome } from "./call-destination.ts";
import { type DestinationCall, destinationCall } from "./destination-call.ts";
import type { Delivery } from "./outbox.ts";
import { targetInput } from "./target-input.ts";

export interface AttemptOptions extends Pick<
  OperationContext,
  "name" | "region" | "account" | "book" | "now"
> {
  /** Until when no call may go to an API destination, by its ARN: kept from one to the next. */
  readonly paces: Map<string, number>;
  readonly signal: AbortSignal;
}

export type AttemptOutcome = CallOutcome & { readonly policy?: RetryPolicy | undefined };

const refused = (why: string): AttemptOutcome => ({ kind: "refused", why });

/**
 * Tries a delivery with rule, target, destination and connection as they are now: what was mended in the
 * meantime helps those that wait. Never throws.
 */
export async function attemptDelivery(
  delivery: Delivery,
  options: AttemptOptions,
): Promise<AttemptOutcome> {
  const { book } = options;
  const rule = book.rules.get(delivery.ruleName);
  const target = rule?.targets.find(({ Id }) => Id === delivery.targetId);
  if (!rule || !target) return refused("The rule does not have the target any more");
  const destination = destinationAt(book, target.Arn);
  if (!destination) return refused("The API destination is gone");
  const connection = connectionAt(book, destination.connectionArn);
  if (!connection) return refused("The connection is gone");

  const call = callFor(delivery, { rule, target, destination, connection }, options);
  if (!call) return refused("No request can be made of the event");
  await keepPace(destination, options);
  const outcome = await callDestination(call, options);
  return { ...outcome, policy: target.RetryPolicy };
}

interface CallParties {
  readonly rule: Rule;
  readonly target: RuleTarget;
  readonly destination: ApiDestination;
  readonly connection: Connection;
}

/** Events may have what no URL can have, such as half a character. */
function callFor(
  { event, takenAt }: Delivery,
  { rule, ...parties }: CallParties,
  options: AttemptOptions,
): DestinationCall | undefined {
  const arn = ruleArn(options, options.name, rule.name);
  try {
    const source = { event, takenAt, rule: { name: rule.name, arn } };
    const input = targetInput(parties.target, source);
    return destinationCall({ ...parties, event, input });
  } catch {
    return undefined;
  }
}

/** No more calls a second than the destination was said to bear, whoever makes them. */
async function keepPace(
  { arn, invocationRateLimitPerSecond }: ApiDestination,
  { paces, now, signal }: AttemptOptions,
): Promise<void> {
  const at = Math.max(now(), paces.get(arn) ?? 0);
  paces.set(arn, at + 1_000 / invocationRateLimitPerSecond);
  await delay(at - now(), undefined, { signal }).catch(() => undefined);
}
