import { setTimeout as delay } from "node:timers/promises";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { ruleArn } from "../operations/find-rule.ts";
import { connectionAt, destinationAt } from "../operations/find-destination.ts";
import type { OperationContext } from "../operations/operation.ts";
import type { ApiDestination, Rule } from "../rule-book.ts";
import { isClusterArn, type RetryPolicy, type RuleTarget } from "../rule-target.ts";
import { callDestination, type CallOutcome } from "./call-destination.ts";
import { destinationCall } from "./destination-call.ts";
import type { Delivery } from "./outbox.ts";
import { runTask } from "./run-task.ts";
import { runTaskRequest } from "./run-task-request.ts";
import { targetInput } from "./target-input.ts";

export interface AttemptOptions extends Pick<
  OperationContext,
  "name" | "region" | "account" | "book" | "now"
> {
  /** Of the clusters here. */
  readonly ecs: ECSClient;
  /** Until when no call may go to an API destination, by its ARN: kept from one to the next. */
  readonly paces: Map<string, number>;
  readonly signal: AbortSignal;
}

export type AttemptOutcome = CallOutcome & { readonly policy?: RetryPolicy | undefined };

const refused = (why: string): CallOutcome => ({ kind: "refused", why });

/**
 * Tries a delivery with rule, target, destination and connection as they are now: what was mended in the
 * meantime helps those that wait. Never throws.
 */
export async function attemptDelivery(
  delivery: Delivery,
  options: AttemptOptions,
): Promise<AttemptOutcome> {
  const rule = options.book.rules.get(delivery.ruleName);
  const target = rule?.targets.find(({ Id }) => Id === delivery.targetId);
  if (!rule || !target) return refused("The rule does not have the target any more");
  const attempt = isClusterArn(target.Arn) ? startTasks : call;
  const outcome = await attempt({ delivery, rule, target }, options);
  return { ...outcome, policy: target.RetryPolicy };
}

interface Attempt {
  readonly delivery: Delivery;
  readonly rule: Rule;
  readonly target: RuleTarget;
}

async function startTasks(attempt: Attempt, options: AttemptOptions): Promise<CallOutcome> {
  const { delivery, target } = attempt;
  const { EcsParameters } = target;
  const request =
    EcsParameters &&
    made(() => runTaskRequest({ ...target, EcsParameters }, delivery, inputOf(attempt, options)));
  if (!request) return refused("The input is no task override");
  return runTask(options.ecs, request, options.signal);
}

async function call(attempt: Attempt, options: AttemptOptions): Promise<CallOutcome> {
  const { target } = attempt;
  const { event } = attempt.delivery;
  const destination = destinationAt(options.book, target.Arn);
  if (!destination) return refused("The API destination is gone");
  const connection = connectionAt(options.book, destination.connectionArn);
  if (!connection) return refused("The connection is gone");
  const request = made(() => {
    const input = inputOf(attempt, options);
    return destinationCall({ destination, connection, target, event, input });
  });
  if (!request) return refused("No request can be made of the event");
  await keepPace(destination, options);
  return callDestination(request, options);
}

function inputOf({ delivery, rule: { name }, target }: Attempt, options: AttemptOptions): string {
  const { event, takenAt } = delivery;
  const rule = { name, arn: ruleArn(options, options.name, name) };
  return targetInput(target, { event, rule, takenAt });
}

/** Events may have what no request can have, such as half a character in a URL. */
function made<Request>(make: () => Request): Request | undefined {
  try {
    return make();
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
