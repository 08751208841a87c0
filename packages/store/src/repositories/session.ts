import type { AgentConnection, AgentSession } from "@berth/domain/session";
import { clusterOf, connectionKey, sessionKey } from "../keys.ts";
import type { SessionRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, findConfirmed, membersOf, toItem, toStored } from "./stored.ts";

/** Only for connections whose end nobody told: longer than any connection lasts. */
const CONNECTION_KEPT_MS = 365 * 24 * 3_600_000;

export function createSessionRepository(table: Table): SessionRepository {
  return {
    find: async (cluster, containerInstanceId) => {
      const item = await findConfirmed(table, sessionKey(cluster, containerInstanceId));
      return item && toSession(item);
    },

    findMany: async (cluster, containerInstanceIds) => {
      const keys = containerInstanceIds.map((id) => sessionKey(cluster, id));
      return (await table.getMany(keys)).map(toSession);
    },

    create: (session) => table.create(itemOf(session)),

    replace: (session) => table.replace(itemOf(session)),

    createConnection: ({ connectionId, ...members }) => {
      const now = () => members.connectedAt;
      const expiry = expiryOf({ historyMs: CONNECTION_KEPT_MS, now });
      return table.create(toItem(connectionKey(connectionId), members, expiry));
    },

    findConnection: async (connectionId) => {
      const item = await findConfirmed(table, connectionKey(connectionId));
      return item && ({ connectionId, ...membersOf(item) } as AgentConnection);
    },

    deleteConnection: async (connectionId) => {
      await table.delete(connectionKey(connectionId), CONNECTION_VERSION);
    },
  };
}

/** Connections are written once. */
const CONNECTION_VERSION = 1;

const itemOf = ({ cluster, containerInstanceId, ...members }: AgentSession): Item =>
  toItem(sessionKey(cluster, containerInstanceId), members);

const toSession = (item: Item): Stored<AgentSession> =>
  toStored(item, {
    cluster: clusterOf(item),
    containerInstanceId: item.sk,
    ...membersOf(item),
  });
