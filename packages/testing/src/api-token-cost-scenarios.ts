import type { ApiToken } from "@berth/domain/access/api-token";
import type { Store } from "@berth/store/store";
import { anApiToken } from "./builders.ts";
import { there } from "./store-contract-world.ts";
import { aTypicalAccessKey } from "./typical-state.ts";

/** A tool's, with the policy that a team's key has. */
const aTypicalApiToken = (overrides: Partial<ApiToken> = {}): ApiToken => {
  const { principal, grant, createdAt, createdBy } = aTypicalAccessKey();
  if (grant.kind === "agent") throw new Error("A typical key is no agent's");
  return anApiToken({ principal, grant, createdAt, createdBy, ...overrides });
};
const { id: ID } = aTypicalApiToken();

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about bearer tokens. */
export const API_TOKEN_COSTS: Readonly<Record<string, Scenario>> = {
  "apiTokens.find | found": async ({ apiTokens }) => {
    await apiTokens.create(aTypicalApiToken());
    return () => apiTokens.find(ID);
  },
  "apiTokens.create | any":
    async ({ apiTokens }) =>
    () =>
      apiTokens.create(aTypicalApiToken()),
  "apiTokens.delete | any": async ({ apiTokens }) => {
    await apiTokens.create(aTypicalApiToken());
    const read = there(await apiTokens.find(ID));
    return () => apiTokens.delete(read);
  },
  "apiTokens.page | of 20": async ({ apiTokens }) => {
    for (let number = 0; number < 20; number += 1) {
      await apiTokens.create(aTypicalApiToken({ id: `token${number}` }));
    }
    return () => apiTokens.page({ limit: 20 });
  },
};
