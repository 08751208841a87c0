/**
 * How the agent presents itself. Control planes compare the version as dotted numbers, and know the
 * ECS agent's feature set by it: this is the one whose protocol it speaks.
 */
export const AGENT_VERSION = "1.105.1";

/** This agent's own, for people. */
export const BERTH_VERSION = "0.1.0";

/** In place of the commit that the ECS agent names. */
export const AGENT_HASH = "berth";
