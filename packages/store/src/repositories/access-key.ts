import type { AccessKey } from "@berth/domain/access/access-key";
import { ACCESS_KEYS, accessKeyKey, LASTING, TEMPORARY } from "../keys.ts";
import type { AccessKeyRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { expiryOf, membersOf, toItem, toStored } from "./stored.ts";

/** How long after its time a key or a token is still known: so long its holder is told why it is refused. */
export const EXPIRED_KEPT_MS = 24 * 3_600_000;

export function createAccessKeyRepository(table: Table): AccessKeyRepository {
  return {
    find: async (id) => {
      const item = await table.get(accessKeyKey(id), { consistent: true });
      return item && toAccessKey(item);
    },

    create: (accessKey) => table.create(itemOf(accessKey)),

    replace: (accessKey) => table.replace(itemOf(accessKey)),

    delete: ({ id, version }) => table.delete(accessKeyKey(id), version),

    page: async ({ temporary }, { limit, startAfter }) => {
      const page = await table.query(ACCESS_KEYS, {
        skPrefix: temporary ? TEMPORARY : LASTING,
        limit,
        ...(startAfter !== undefined && { startAfter }),
      });
      return { ...page, items: page.items.map(toAccessKey) };
    },
  };
}

function itemOf({ id, ...members }: AccessKey): Item {
  const { validUntil } = members;
  const now = () => validUntil ?? 0;
  const expiry = validUntil === undefined ? {} : expiryOf({ historyMs: EXPIRED_KEPT_MS, now });
  return toItem(accessKeyKey(id), members, expiry);
}

const toAccessKey = (item: Item): Stored<AccessKey> =>
  toStored(item, { id: item.sk, ...membersOf(item) });
