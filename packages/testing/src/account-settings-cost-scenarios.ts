import type { AccountSettings } from "@berth/domain/account-setting";
import type { Store } from "@berth/store/store";
import { there } from "./store-contract-world.ts";

const ROOT = "arn:aws:iam::123456789012:root";
const ADA = "arn:aws:iam::123456789012:user/platform/ada";

const someSettings = (principalArn: string): AccountSettings => ({
  principalArn,
  values: { containerInsights: "enhanced", awsvpcTrunking: "enabled" },
});

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about account settings. */
export const ACCOUNT_SETTINGS_COSTS: Readonly<Record<string, Scenario>> = {
  "accountSettings.findMany | one's own and the account's": async ({ accountSettings }) => {
    for (const principalArn of [ADA, ROOT])
      await accountSettings.create(someSettings(principalArn));
    return () => accountSettings.findMany([ADA, ROOT]);
  },
  "accountSettings.create | new":
    async ({ accountSettings }) =>
    () =>
      accountSettings.create(someSettings(ADA)),
  "accountSettings.replace | any": async ({ accountSettings }) => {
    await accountSettings.create(someSettings(ADA));
    const read = there((await accountSettings.findMany([ADA]))[0]);
    return () => accountSettings.replace({ ...read, values: {} });
  },
};
