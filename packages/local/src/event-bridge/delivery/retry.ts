import type { RetryPolicy } from "../rule-target.ts";
import type { Delivery } from "./outbox.ts";

/** Where the target does not say. Source: EventBridge user guide, retry policy. */
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 10 * 60_000;

/**
 * When a delivery that failed once more is to be tried again, in epoch ms, or undefined where that was
 * the last time. Pauses double up to ten minutes; chance takes up to half of each, so that those who
 * fail together do not come back together.
 */
export function nextAttempt(
  { takenAt, attempts }: Pick<Delivery, "takenAt" | "attempts">,
  policy: RetryPolicy | undefined,
  { now, random }: { readonly now: number; readonly random: number },
): number | undefined {
  const retries = policy?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
  const ageSeconds = policy?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS;
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20));
  const at = now + pause * (1 - random / 2);
  return attempts < retries && at - takenAt <= ageSeconds * 1_000 ? at : undefined;
}
