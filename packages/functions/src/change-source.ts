/**
 * How the changes of the table are handed to `change-events`: by Lambda on AWS, and by a poller of
 * our own on one machine.
 */
export const CHANGE_SOURCE = {
  batchSize: 100,
  /** Changes of one second go together: a rollout is a few invocations. */
  windowSeconds: 1,
  /** Of what failed, by itself: a change that nobody can read must not hold up all that follow. */
  retries: 20,
} as const;

/** Beginnings of `pk`: what ECS tells of, and stream sessions. Idle instances change other items only, at no cost here. */
const TOLD_PARTITIONS = ["tasks#", "ledgers#", "services#", "streamSessions#"] as const;
const TOLD_EVENTS = ["INSERT", "MODIFY"] as const;

/** What of the table's stream is worth an invocation, as Lambda's filters say it. */
export const CHANGE_FILTER = {
  eventName: TOLD_EVENTS,
  dynamodb: { Keys: { pk: { S: TOLD_PARTITIONS.map((prefix) => ({ prefix })) } } },
} as const;

/** The same, for one machine. */
export const isToldOf = (eventName: string, pk: string): boolean =>
  TOLD_EVENTS.some((each) => each === eventName) &&
  TOLD_PARTITIONS.some((prefix) => pk.startsWith(prefix));
