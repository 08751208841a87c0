import { Agent } from "node:http";
import Docker from "dockerode";

/**
 * A client of the engine at a DOCKER_HOST address. Its sockets are kept open: a new one per call
 * would cost more than many of the calls.
 */
export function connectDocker(dockerHost: string): Docker {
  const agent = new Agent({ keepAlive: true });
  if (dockerHost.startsWith("unix://")) {
    return new Docker({ socketPath: dockerHost.slice("unix://".length), host: "", agent });
  }
  const { hostname, port } = new URL(dockerHost);
  return new Docker({ host: hostname, port: port || 2375, protocol: "http", agent });
}
