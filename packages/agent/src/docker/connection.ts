import { Agent } from "node:http";
import { inspect } from "node:util";
import Docker from "dockerode";

/**
 * A client of the engine at a DOCKER_HOST address. Its sockets are kept open: a new one per call
 * would cost more than many of the calls.
 */
export function connectDocker(dockerHost: string): Docker {
  return new Docker(options(dockerHost));
}

/**
 * The client formats all of each request's options for a debug log that is off, the agent with every
 * socket included: that was half of the processor time of a container instance's agent.
 */
class QuietAgent extends Agent {
  readonly [inspect.custom] = (): string => "Agent";
}

interface ConnectionOptions extends Docker.DockerOptions {
  /** The client passes it on to Node, but its types do not know it. */
  readonly agent: Agent;
}

function options(dockerHost: string): ConnectionOptions {
  const agent = new QuietAgent({ keepAlive: true });
  if (dockerHost.startsWith("unix://")) {
    // The empty host keeps the client from reading DOCKER_HOST on its own.
    return { socketPath: dockerHost.slice("unix://".length), host: "", agent };
  }
  const { hostname, port } = new URL(dockerHost);
  return { host: hostname, port: port || 2375, protocol: "http", agent };
}
