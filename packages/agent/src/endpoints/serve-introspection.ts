import { once } from "node:events";
import type { Server } from "node:http";
import type { Log } from "../log.ts";
import { allowedClients } from "./allowed-clients.ts";
import { type AnswerRequest, text } from "./answer.ts";
import type { Bridge } from "./container-inspector.ts";
import { createEndpointServer } from "./endpoint-server.ts";
import { unknownAnswer } from "./refusals.ts";

/** The ECS agent's own. */
const INTROSPECTION_PORT = 51678;

/**
 * Opens the introspection API at the address that host ports are bound to, for this machine and its
 * containers. An agent that finds the port taken does without: nothing depends on it.
 */
export async function serveIntrospection(
  answer: AnswerRequest,
  {
    bridge,
    hostAddress,
    log,
  }: { readonly bridge: Bridge; readonly hostAddress: string; readonly log: Log },
): Promise<Server> {
  const allows = allowedClients(bridge);
  const server = createEndpointServer(async (request, client) =>
    allows(client) ? ((await answer(request)) ?? unknownAnswer(request)) : text(403, "Forbidden"),
  );
  server.listen(INTROSPECTION_PORT, hostAddress);
  await once(server, "listening").catch((error: unknown) =>
    log.warn("introspection-not-served", { error }),
  );
  return server;
}
