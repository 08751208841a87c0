import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import type { Grant } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { openLogDatabase } from "../log-service/log-database.ts";
import { LogEvents } from "../log-service/log-events.ts";
import { LogGroups } from "../log-service/log-groups.ts";
import { createLogServiceApi } from "../log-service/log-service-api.ts";

interface LogsClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

export interface LogServiceServer {
  /** For the SDK's own client, with a key that may do all, or what is granted here. */
  clientConfig(grant?: Grant): LogsClientConfig;
  readonly groups: LogGroups;
  readonly events: LogEvents;
  /** Epoch ms, which stands still until it is set. */
  time: number;
  close(): void;
}

/** One machine's log service, with what it keeps at a path or in memory. */
export async function serveLogs(path = ":memory:"): Promise<LogServiceServer> {
  const database = openLogDatabase(path);
  const groups = new LogGroups(database);
  const events = new LogEvents(database);
  const keys = new Map<string, Credential>();
  const api = createLogServiceApi({
    region: "eu-west-1",
    account: "000000000000",
    groups,
    events,
    now: () => served.time,
    findAccessKey: async (id) => keys.get(id),
    log: { info: () => undefined, warn: () => undefined, error: console.error },
  });
  const server = createServer(api);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const served: LogServiceServer = {
    groups,
    events,
    time: Date.now(),
    clientConfig(grant = { kind: "administrator" }) {
      const accessKeyId = `AKIA${String(keys.size).padStart(16, "0")}`;
      const principalArn = "arn:aws:iam::000000000000:user/somebody";
      const credentials = { accessKeyId, secretAccessKey: "secret" };
      const permissions = permissionsOf(grant);
      keys.set(accessKeyId, { ...credentials, principalArn, permissions, isIssued: true });
      return {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: "eu-west-1",
        credentials,
        maxAttempts: 1,
      };
    },
    close() {
      server.closeAllConnections();
      server.close();
      database.close();
    },
  };
  return served;
}
