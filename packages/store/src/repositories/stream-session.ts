import {
  instanceOfStream,
  type StreamConnection,
  type StreamSession,
} from "@berth/domain/stream-session";
import {
  streamConnectionKey,
  streamListing,
  streamList,
  streamPartition,
  streamSessionKey,
  streamsUntil,
} from "../keys.ts";
import type { Stored, StreamSessionRepository } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, findConfirmed, membersOf, toItem, toStored } from "./stored.ts";

/** For what nobody ended: the sweep has done so long before. */
const KEPT_MS = 24 * 3_600_000;

export function createStreamSessionRepository(table: Table): StreamSessionRepository {
  return {
    find: async (id) => {
      const instance = instanceOfStream(id);
      if (instance === undefined) return undefined;
      const item = await table.get(streamSessionKey(instance, id), { consistent: true });
      return item && toStreamSession(item);
    },

    create: (session) => table.create(itemOf(session)),

    replace: (session) => table.replace(itemOf(session)),

    delete: (session) => table.delete(itemOf(session), session.version),

    onInstance: async (containerInstanceId, limit) => {
      const page = await table.query(streamPartition(containerInstanceId), { limit });
      return page.items.map(toStreamSession);
    },

    countOf: async (principalArn, now, limit) => {
      const startAfter = streamsUntil(now);
      const page = await table.list(streamList(principalArn), { startAfter, limit });
      return page.items.length;
    },

    createConnection: ({ connectionId, ...members }) => {
      const expiry = expiryOf({ historyMs: KEPT_MS, now: () => members.connectedAt });
      return table.create(toItem(streamConnectionKey(connectionId), members, expiry));
    },

    findConnection: async (connectionId) => {
      const item = await findConfirmed(table, streamConnectionKey(connectionId));
      return item && ({ connectionId, ...membersOf(item) } as StreamConnection);
    },

    deleteConnection: async (connectionId) => {
      await table.delete(streamConnectionKey(connectionId), CONNECTION_VERSION);
    },
  };
}

/** Connections are written once. */
const CONNECTION_VERSION = 1;

/** Listed for its principal while it lasts. */
function itemOf(session: StreamSession | Stored<StreamSession>): Item {
  const { id, containerInstanceId, principalArn, until, ...members } = session;
  return toItem(
    streamSessionKey(containerInstanceId, id),
    { ...members, principalArn, until },
    {
      ...expiryOf({ historyMs: KEPT_MS, now: () => until }),
      ...(session.end === undefined && streamListing(principalArn, until, id)),
    },
  );
}

/** A session as its item has it. */
export const toStreamSession = (item: Item): Stored<StreamSession> =>
  toStored(item, {
    id: item.sk,
    containerInstanceId: instanceOfStream(item.sk),
    ...membersOf(item),
  });
