import { once } from "node:events";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";

export interface DynaliteServer {
  /** Such as `http://127.0.0.1:34567`. */
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The embedded DynamoDB in memory, on a loopback port of its own unless one is given. */
export async function startDynalite(port = 0): Promise<DynaliteServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = (server.address() as AddressInfo).port;
  return {
    endpoint: `http://127.0.0.1:${bound}`,
    port: bound,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
