/** What an operator may tune. All times in ms. */
export interface Settings {
  /** Base URL that agents are told to dial, with a trailing slash; they append `ws`. */
  readonly agentEndpoint: string;
  readonly heartbeatIntervalMs: number;
  /** An agent that shows no sign of life for so long counts as disconnected. */
  readonly leaseMs: number;
  /** How long an agent may be away before its tasks are replaced. ECS would wait for ever. */
  readonly instanceLostAfterMs: number;
  /** How often an instance's ledger is compared with the tasks that it names. */
  readonly auditIntervalMs: number;
  /** A task not yet acknowledged by its agent is sent again after so long. */
  readonly dispatchRetryMs: number;
  /** A reservation whose task never appeared is released after so long. */
  readonly orphanedReservationMs: number;
  /** How long after RUNNING a task without health check counts as healthy (ECS: 40 s). */
  readonly healthyAfterMs: number;
  /** The same in a deployment that the circuit breaker watches, so that it has time to fail (ECS: 40 s). */
  readonly provenAfterMs: number;
  /**
   * How often an Auto Scaling group is told to wait on while an instance of it drains. A hook has to
   * wait for twice as long by itself.
   */
  readonly lifecycleHeartbeatMs: number;
  /** How long tasks may keep such an instance from its end. */
  readonly drainAtMostMs: number;
  /** First delay of the crash-loop throttle; doubles with each further failed start. */
  readonly throttleFirstDelayMs: number;
  readonly throttleMaxDelayMs: number;
  /** How long stopped tasks, events and INACTIVE services stay describable. */
  readonly historyMs: number;
  /** How long a key lasts that an instance gets for its EC2 identity; agents renew at half of it. */
  readonly agentKeyLifetimeMs: number;
  /** How long the keys of task roles last; new ones are sent at half of it. STS gives at least 15 minutes, and at most an hour. */
  readonly roleKeyLifetimeMs: number;
}

export const DEFAULT_SETTINGS: Omit<Settings, "agentEndpoint"> = {
  heartbeatIntervalMs: 30_000,
  leaseMs: 120_000,
  instanceLostAfterMs: 300_000,
  auditIntervalMs: 600_000,
  dispatchRetryMs: 10_000,
  orphanedReservationMs: 60_000,
  healthyAfterMs: 0,
  provenAfterMs: 40_000,
  lifecycleHeartbeatMs: 60_000,
  drainAtMostMs: 3_600_000,
  throttleFirstDelayMs: 1_000,
  throttleMaxDelayMs: 27 * 60_000,
  historyMs: 30 * 24 * 3_600_000,
  agentKeyLifetimeMs: 6 * 3_600_000,
  roleKeyLifetimeMs: 3_600_000,
};
