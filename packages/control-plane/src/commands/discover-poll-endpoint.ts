import type { Command } from "./command.ts";

/** Where an agent opens its command socket and its telemetry socket: one address, two queries. */
export const discoverPollEndpoint: Command<"DiscoverPollEndpoint"> = async ({ settings }) => ({
  endpoint: settings.agentEndpoint,
  telemetryEndpoint: settings.agentEndpoint,
});
