import {
  ACCOUNT_SETTING_NAMES,
  type AccountSettingName,
  effectiveValue,
} from "@berth/domain/account-setting";
import {
  findSettings,
  invalid,
  presentSetting,
  settingsPrincipal,
  type SettingsOfPrincipal,
} from "./account-settings.ts";
import type { Command } from "./command.ts";
import { nextToken, pageRequest } from "./paging.ts";

/** Source: ECS API reference, ListAccountSettings `maxResults`. */
const LIMITS = { default: 10, max: 10 };

/**
 * What a principal has set or, as effective settings, what holds for him; by name.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export const listAccountSettings: Command<"ListAccountSettings"> = async (context, request) => {
  const { name, value, effectiveSettings = false } = request;
  if (value !== undefined && name === undefined) {
    throw invalid("value can only be given together with a name.");
  }
  const { limit, startAfter = "" } = pageRequest(request, LIMITS);
  const principalArn = settingsPrincipal(context, request.principalArn);
  const found = await findSettings(context, principalArn);
  const settings = ACCOUNT_SETTING_NAMES.filter((each) => name === undefined || each === name)
    .flatMap((each) => presentOne(found, each, effectiveSettings))
    .filter((each) => value === undefined || each.value === value)
    .filter((each) => (each.name ?? "") > startAfter);
  const page = settings.slice(0, limit);
  return {
    settings: page,
    ...nextToken(page.length < settings.length ? page.at(-1)?.name : undefined),
  };
};

function presentOne(found: SettingsOfPrincipal, name: AccountSettingName, isEffective: boolean) {
  const value = isEffective ? effectiveValue(name, found) : found.own[name];
  return value === undefined ? [] : [presentSetting(found.principalArn, name, value)];
}
