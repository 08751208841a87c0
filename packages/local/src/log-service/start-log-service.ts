import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createKmsClient } from "@berth/aws/clients";
import { createKmsOpener } from "@berth/aws/kms-opener";
import { createFindAccessKey, type Credential } from "@berth/control-plane/access/find-access-key";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { describeError, type Log } from "@berth/functions/log";
import { createStore } from "@berth/store/create-store";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { KMS_KEY_ID } from "../embedded/kms-server.ts";
import { listenOnSocket } from "../embedded/listen-on-socket.ts";
import { socketClientConfig } from "../embedded/socket-client.ts";
import { type HostOptions, TABLE_NAME } from "../host-options.ts";
import { startSchedule } from "../schedule.ts";
import { DRIVER_ADDRESS, DRIVER_POLICY, driverKey } from "./driver-access.ts";
import { forgetLogs } from "./forget-logs.ts";
import { openLogDatabase } from "./log-database.ts";
import { LogEvents } from "./log-events.ts";
import { LogGroups } from "./log-groups.ts";
import { createLogServiceApi } from "./log-service-api.ts";

const FORGET_INTERVAL_MS = 10_000;

const now = () => Date.now();

/**
 * The log service of one machine: on a socket for the API's port, which hands on what is for it, and at
 * an address of its own for the engine's log driver.
 */
export async function startLogService(
  options: HostOptions & { readonly maxBytes: number },
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const { directory, scope, port, maxBytes } = options;
  const database = openLogDatabase(join(directory.logEvents, "events.db"));
  const groups = new LogGroups(database);
  const events = new LogEvents(database);
  const api = createLogServiceApi({
    ...scope,
    groups,
    events,
    now,
    findAccessKey: accessKeys(options),
    log,
  });
  const servers = [createServer(api), createServer(api)] as const;
  for (const server of servers) server.keepAliveTimeout = 60_000;
  const [ofApi, ofDriver] = servers;
  await listenOnSocket(ofApi, directory.logsSocket);
  await listenForDriver(ofDriver, port, log);
  const forgetting = startSchedule({
    intervalMs: FORGET_INTERVAL_MS,
    work: async () => forgetLogs({ groups, events, log }, { maxBytes, now: now() }),
    onError: (error) => log.error("Logs could not be bounded", describeError(error)),
  });
  return {
    stop: async () => {
      await forgetting.stop();
      await Promise.all(servers.map(close));
      database.close();
    },
  };
}

/** Those of the installation, those that it has issued, and the log driver's own. */
function accessKeys({ directory, scope, credentials, settings, tableShards: shards }: HostOptions) {
  const identity = { region: scope.region, credentials };
  const client = new DynamoDBClient(socketClientConfig(directory.dynamodbSocket, identity));
  const table = createDynamoTable({ client, tableName: TABLE_NAME, shards });
  const driver = driverKey(credentials);
  const principal = (name: string) => `arn:aws:iam::${scope.account}:${name}`;
  return createFindAccessKey({
    now,
    scope,
    store: createStore(table, { historyMs: settings.historyMs, now, shards }),
    opener: createKmsOpener(
      createKmsClient(socketClientConfig(directory.kmsSocket, identity)),
      KMS_KEY_ID,
    ),
    builtIn: new Map<string, Credential>([
      [
        credentials.accessKeyId,
        {
          ...credentials,
          principalArn: principal("root"),
          permissions: ADMINISTRATOR,
          isIssued: false,
        },
      ],
      [
        driver.accessKeyId,
        {
          ...driver,
          principalArn: principal("role/log-driver"),
          permissions: permissionsOf({ kind: "policy", document: JSON.stringify(DRIVER_POLICY) }),
          isIssued: false,
        },
      ],
    ]),
  });
}

/** Where there is no such address, and so no engine beside us that could call, all others still can. */
async function listenForDriver(server: Server, port: number, log: Log): Promise<void> {
  try {
    server.listen(port, DRIVER_ADDRESS);
    await once(server, "listening");
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EADDRNOTAVAIL") throw error;
    log.warn(`There is no ${DRIVER_ADDRESS}: containers cannot log to awslogs`, {});
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
