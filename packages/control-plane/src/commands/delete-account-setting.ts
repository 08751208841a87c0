import { changeFault, effectiveValue, rootArn } from "@berth/domain/account-setting";
import { assert } from "@berth/domain/errors";
import {
  changeSettings,
  findSettings,
  invalid,
  presentSetting,
  settingsPrincipal,
} from "./account-settings.ts";
import type { Command } from "./command.ts";

/**
 * Takes back what was set, and answers what holds now. What was never set counts as taken back.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export const deleteAccountSetting: Command<"DeleteAccountSetting"> = async (context, request) => {
  const { name } = request;
  assert(name, "a request without name is refused by the parser");
  const principalArn = settingsPrincipal(context, request.principalArn);
  const isRoot = principalArn === rootArn(context.scope.account);
  const fault = changeFault({ name, isRoot });
  if (fault !== undefined) throw invalid(fault);
  await changeSettings(context, principalArn, (values) => {
    const { [name]: _, ...others } = values;
    return others;
  });
  const value = effectiveValue(name, await findSettings(context, principalArn));
  return { setting: presentSetting(principalArn, name, value) };
};
