import { isDeepStrictEqual } from "node:util";
import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import {
  type AccountSettingName,
  type AccountSettings,
  accountSettingType,
  type AccountSettingValues,
  effectiveValue,
  rootArn,
} from "@berth/domain/account-setting";
import { EcsError } from "@berth/domain/errors";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";

type SettingDescription = NonNullable<EcsResponse<"ListAccountSettings">["settings"]>[number];

/** Each lost race means that somebody else set something. */
const MAX_TRIES = 100;
/** Source: IAM user guide, names and paths; roles and users of another account have no settings here. */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::(\d{12}):(root|(user|role)\/[\w+=,.@/-]{1,576})$/;

/**
 * Whose settings a request is about: the caller's own where it names nobody. Those of others are for
 * the root user, and for administrators, who may do all that he may.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export function settingsPrincipal(context: CommandContext, given: string | undefined): string {
  const { principalArn: caller, permissions, scope } = context;
  if (given === undefined || given === caller) return caller;
  if (PRINCIPAL.exec(given)?.[1] !== scope.account) {
    throw invalid(
      "principalArn should be the ARN of the root user, or of a user or role, of this account.",
    );
  }
  if (caller === rootArn(scope.account) || permissions.kind === "administrator") return given;
  throw new EcsError(
    "AccessDeniedException",
    `User: ${caller} is not authorized to see or change the account settings of ${given}: only its own.`,
  );
}

/** What has been set that matters to a principal. */
export interface SettingsOfPrincipal {
  readonly principalArn: string;
  readonly own: AccountSettingValues;
  readonly root: AccountSettingValues;
}

export async function findSettings(
  { scope, store }: Pick<CommandContext, "scope" | "store">,
  principalArn: string,
): Promise<SettingsOfPrincipal> {
  const root = rootArn(scope.account);
  const found = await store.accountSettings.findMany([...new Set([principalArn, root])]);
  const of = (arn: string) => found.find((each) => each.principalArn === arn)?.values ?? {};
  return { principalArn, own: of(principalArn), root: of(root) };
}

/** What holds for the caller. */
export async function effectiveSetting(
  context: Pick<CommandContext, "principalArn" | "scope" | "store">,
  name: AccountSettingName,
): Promise<string> {
  return effectiveValue(name, await findSettings(context, context.principalArn));
}

/** Writes what `change` makes of what a principal has set, whoever else sets something meanwhile. */
export async function changeSettings(
  { store: { accountSettings } }: CommandContext,
  principalArn: string,
  change: (values: AccountSettingValues) => AccountSettingValues,
): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const [stored] = await accountSettings.findMany([principalArn]);
    const values = change(stored?.values ?? {});
    if (isDeepStrictEqual(values, stored?.values ?? {})) return;
    if ((await write({ principalArn, values }, stored)) === "ok") return;
  }
  throw new Error("Account settings could not be written: too many writers");

  function write(settings: AccountSettings, stored: Stored<AccountSettings> | undefined) {
    return stored
      ? accountSettings.replace({ ...settings, version: stored.version })
      : accountSettings.create(settings);
  }
}

/** A setting as the ECS API shows it. Source: ECS API reference, Setting. */
export const presentSetting = (
  principalArn: string,
  name: AccountSettingName,
  value: string,
): SettingDescription => ({ name, value, principalArn, type: accountSettingType(name) });

export const invalid = (message: string) => new EcsError("InvalidParameterException", message);
