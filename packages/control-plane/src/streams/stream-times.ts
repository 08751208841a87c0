/** API Gateway ends every connection after two hours. Source: its quotas. */
export const STREAM_LIFETIME_MS = 115 * 60_000;

/** Without a frame for so long it is over: each end sends one every half a minute at least. */
export const STREAM_LEASE_MS = 120_000;

/** How long a session stays on record after its end, for what is still on its way. */
export const STREAM_DRAIN_MS = 60_000;
