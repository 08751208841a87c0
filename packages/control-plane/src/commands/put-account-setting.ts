import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { changeFault, rootArn, valueFault } from "@berth/domain/account-setting";
import { assert } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { changeSettings, invalid, presentSetting, settingsPrincipal } from "./account-settings.ts";
import type { Command } from "./command.ts";

/**
 * Sets an account setting for the caller, or for whom he names. What is set for the root user holds
 * for all who have not set it themselves.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export const putAccountSetting: Command<"PutAccountSetting"> = async (context, request) =>
  setFor(context, settingsPrincipal(context, request.principalArn), request);

/**
 * Sets it for all who have not set it themselves.
 *
 * @throws EcsError InvalidParameterException
 */
export const putAccountSettingDefault: Command<"PutAccountSettingDefault"> = async (
  context,
  request,
) => setFor(context, rootArn(context.scope.account), request);

async function setFor(
  context: CommandContext,
  principalArn: string,
  { name, value = "" }: EcsRequest<"PutAccountSettingDefault">,
) {
  assert(name, "a request without name is refused by the parser");
  const isRoot = principalArn === rootArn(context.scope.account);
  const fault = changeFault({ name, isRoot }) ?? valueFault(name, value);
  if (fault !== undefined) throw invalid(fault);
  await changeSettings(context, principalArn, (values) => ({ ...values, [name]: value }));
  return { setting: presentSetting(principalArn, name, value) };
}
