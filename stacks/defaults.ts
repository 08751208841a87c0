import type { Queue } from "../packages/aws/src/queues.ts";

/* The functions' own limits are in packages/functions/src/function-limits.ts: one machine has them too. */

/**
 * How many times a function's timeout its messages stay hidden. AWS asks for six, so that a batch
 * whose function was throttled is still its poller's own when it is tried again.
 */
export const VISIBILITY_TO_TIMEOUT = 6;

/** What FIFO queues give at most. A window would only delay, and FIFO queues know none. */
export const BATCH_SIZE = 10;
/** Function instances per queue. Never less than 2; groups bound it from the other side. */
export const MAXIMUM_CONCURRENCY: Readonly<Record<Queue, number>> = {
  service: 50,
  placement: 10,
  dispatch: 100,
  coalesced: 10,
  timers: 10,
};

/** What EC2 tells of machines. After an hour every agent's lease has told the same. */
export const INSTANCE_EVENTS = {
  /** By EventBridge, where Lambda does not take the event; then by Lambda, where the function fails. */
  deliveryRetries: 185,
  functionRetries: 2,
  maximumAgeSeconds: 3600,
  /** Fourteen days. */
  deadLetterRetentionSeconds: 1_209_600,
} as const;

/** Changes of the table that nobody could tell of: after an hour they are old news. */
export const CHANGE_EVENTS = {
  maximumAgeSeconds: 3600,
  /** Fourteen days. */
  deadLetterRetentionSeconds: 1_209_600,
} as const;

/** Requests a second and at once, over all routes, with and without a valid signature. */
export const API_THROTTLING = { throttlingRateLimit: 500, throttlingBurstLimit: 1000 };
/** Of those, to join: each makes us ask STS. A fleet that starts at once gets in within a minute. */
export const JOIN_THROTTLING = { throttlingRateLimit: 20, throttlingBurstLimit: 100 };
/** Roles of this account whose EC2 instances may join, without the stage at the end of their names. */
export const INSTANCE_ROLES = ["berth-instance"];
/** Frames: a thousand agents that come back together must all get in within seconds. */
export const SOCKET_THROTTLING = { throttlingRateLimit: 1000, throttlingBurstLimit: 2000 };

/** Whether X-Ray is told of invocations: how long each took and what called it. Billed by the trace. */
export const TRACING: boolean = false;

export const LOG_RETENTION_DAYS = 30;
export const ACCESS_LOG_RETENTION = "1 month";

/** When a person should look. Ages in seconds, the rest is counted within one period. */
export const ALARM = {
  periodSeconds: 60,
  /** Periods in a row. One bad minute heals by itself: queues retry and the sweep sends again. */
  periods: 5,
  oldestMessageSeconds: 120,
  /** Milliseconds, as Lambda tells it. */
  iteratorAgeMs: 120_000,
  functionErrors: 5,
  functionThrottles: 5,
  serverErrors: 5,
  tableThrottles: 10,
  reconcileErrors: 5,
  disconnectedAgents: 0,
  /** The sweep runs every minute. */
  sweepMissingPeriods: 3,
} as const;

/** Call first: what it registers holds for the resources made afterwards. */
export function applyDefaults(): void {
  // `sst dev` runs functions on the developer's machine, which takes their roles.
  if ($dev) return;
  $transform(aws.iam.Role, (args) => {
    args.assumeRolePolicy = $output(args.assumeRolePolicy).apply(withoutAccountTrust);
  });
}

interface TrustStatement {
  readonly Principal?: Readonly<Record<string, unknown>>;
}

/**
 * SST 4.17 lets the whole account take every function's role, in all stages and not only under
 * `sst dev`. The role of a service trusts that service.
 */
function withoutAccountTrust(policy: string | object): string {
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as {
    readonly Statement: TrustStatement | readonly TrustStatement[];
  };
  const Statement = [document.Statement].flat().map(trustServiceOnly);
  return JSON.stringify({ ...document, Statement });
}

function trustServiceOnly(statement: TrustStatement): TrustStatement {
  const service = statement.Principal?.Service;
  return service === undefined ? statement : { ...statement, Principal: { Service: service } };
}
