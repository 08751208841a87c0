import { setTimeout as delay } from "node:timers/promises";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { describeError, type Log } from "@berth/functions/log";
import type { MetricsRecorder } from "@berth/functions/metrics";
import { type OperationContext } from "../operations/operation.ts";
import { matchingRules } from "./matching-rules.ts";
import { addresseeOf, type Delivery, type NewDelivery, type Outbox } from "./outbox.ts";
import { attemptDelivery } from "./attempt-delivery.ts";
import { nextAttempt } from "./retry.ts";

export interface DelivererOptions extends Pick<
  OperationContext,
  "name" | "region" | "account" | "book" | "now"
> {
  readonly outbox: Outbox;
  /** Of the clusters here: rules may start tasks. */
  readonly ecs: ECSClient;
  readonly random: () => number;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
}

/**
 * Sends events to the targets of the rules that they match: to each target one at a time, those first
 * that came first, those that failed again after a pause in which the others go on.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #stopping = new AbortController();
  /** Of those whom something is to be sent to: ends a pause, and what they do until it is all sent. */
  readonly #workers = new Map<string, { wake: () => void; readonly work: Promise<void> }>();
  /** Until when no call may go to an API destination, by its ARN. */
  readonly #paces = new Map<string, number>();
  /** Whose latest delivery failed: that is told once, neither with each event nor with each try. */
  readonly #failing = new Set<string>();

  constructor(options: DelivererOptions) {
    this.#options = options;
    for (const addressee of options.outbox.addressees) this.#work(addressee);
  }

  /** Resolves when nothing of it can be lost any more. */
  async take(events: readonly ToldEvent[]): Promise<void> {
    const { book, outbox, now } = this.#options;
    const takenAt = now();
    const given = events.flatMap((event): readonly NewDelivery[] =>
      matchingRules(book, event).flatMap(({ name, targets }) =>
        targets.map(({ Id }) => ({ ruleName: name, targetId: Id, event, takenAt })),
      ),
    );
    if (given.length === 0) return;
    for (const each of await outbox.add(given)) this.#giveUp(each, "Too many are waiting", 0);
    for (const addressee of new Set(given.map(addresseeOf))) this.#work(addressee);
  }

  /** What is on its way is sent again when Berth is back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#workers.values()].map(async ({ work }) => work));
    this.#options.metrics.flush();
  }

  #work(addressee: string): void {
    const worker = this.#workers.get(addressee);
    if (worker) worker.wake();
    else if (!this.#stopping.signal.aborted) {
      const started = { wake: () => undefined, work: this.#sendAll(addressee) };
      this.#workers.set(addressee, started);
    }
  }

  async #sendAll(addressee: string): Promise<void> {
    // Whoever starts it writes it down first.
    await Promise.resolve();
    const { outbox, metrics, log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const next = outbox.waiting(addressee).toSorted(byDueTime).at(0);
      if (!next) break;
      try {
        if (await this.#isTime(addressee, next)) await this.#send(next);
      } catch (error) {
        log.error("A delivery could not be noted", { ...whatOf(next), ...describeError(error) });
        await this.#pause(addressee, 1_000);
      }
      metrics.flush();
    }
    this.#workers.delete(addressee);
  }

  async #isTime(addressee: string, { dueAt }: Delivery): Promise<boolean> {
    const pauseMs = dueAt - this.#options.now();
    if (pauseMs <= 0) return true;
    await this.#pause(addressee, pauseMs);
    return false;
  }

  /** At most so long: something that is due earlier may come. */
  async #pause(addressee: string, pauseMs: number): Promise<void> {
    const waking = new AbortController();
    const worker = this.#workers.get(addressee);
    if (worker) worker.wake = () => waking.abort();
    const signal = AbortSignal.any([this.#stopping.signal, waking.signal]);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }

  async #send(delivery: Delivery): Promise<void> {
    const { outbox, metrics, now, random } = this.#options;
    const { signal } = this.#stopping;
    const { policy, ...outcome } = await attemptDelivery(delivery, {
      ...this.#options,
      paces: this.#paces,
      signal,
    });
    if (signal.aborted && outcome.kind !== "delivered") return;
    if (outcome.kind === "delivered") {
      this.#failing.delete(addresseeOf(delivery));
      metrics.record("EventsDelivered", 1);
      return outbox.remove(delivery);
    }
    const dueAt =
      outcome.kind === "failed"
        ? nextAttempt(delivery, policy, { now: now(), random: random() })
        : undefined;
    const attempts = delivery.attempts + 1;
    if (dueAt !== undefined) {
      metrics.record("EventDeliveryRetries", 1);
      this.#noteFailure(delivery, outcome.why);
      return outbox.replace({ ...delivery, attempts, dueAt });
    }
    this.#giveUp(delivery, outcome.why, attempts);
    return outbox.remove(delivery);
  }

  #noteFailure(delivery: Delivery, why: string): void {
    const addressee = addresseeOf(delivery);
    const isKnown = this.#failing.has(addressee) || delivery.attempts > 0;
    this.#failing.add(addressee);
    if (isKnown) return;
    this.#options.log.warn("A target of a rule cannot be told now; it is tried again", {
      ...whatOf(delivery),
      why,
    });
  }

  /** The end of it: the event itself is in the log of events, under its id. */
  #giveUp(delivery: NewDelivery, why: string, attempts: number): void {
    const { metrics, log } = this.#options;
    metrics.record("EventsGivenUp", 1);
    log.error("An event was given up: a target of a rule was not told", {
      ...whatOf(delivery),
      attempts,
      why,
    });
  }
}

const byDueTime = (a: Delivery, b: Delivery): number => a.dueAt - b.dueAt || a.number - b.number;

const whatOf = ({ ruleName, targetId, event }: NewDelivery) => ({
  rule: ruleName,
  target: targetId,
  eventId: event.id,
  detailType: event["detail-type"],
});
