import type { ApiToken } from "@berth/domain/access/api-token";
import { API_TOKENS, apiTokenKey } from "../keys.ts";
import type { ApiTokenRepository, Stored } from "../store.ts";
import type { Item, Table } from "../table.ts";
import { EXPIRED_KEPT_MS } from "./access-key.ts";
import { expiryOf, membersOf, toItem, toStored } from "./stored.ts";

export function createApiTokenRepository(table: Table): ApiTokenRepository {
  return {
    find: async (id) => {
      const item = await table.get(apiTokenKey(id), { consistent: true });
      return item && toApiToken(item);
    },

    create: ({ id, ...members }) => {
      const now = () => members.validUntil;
      const expiry = expiryOf({ historyMs: EXPIRED_KEPT_MS, now });
      return table.create(toItem(apiTokenKey(id), members, expiry));
    },

    delete: ({ id, version }) => table.delete(apiTokenKey(id), version),

    page: async (request) => {
      const page = await table.query(API_TOKENS, request);
      return { ...page, items: page.items.map(toApiToken) };
    },
  };
}

const toApiToken = (item: Item): Stored<ApiToken> =>
  toStored(item, { id: item.sk, ...membersOf(item) });
