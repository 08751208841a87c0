import { expect, test } from "vitest";
import {
  ACCOUNT_SETTING_NAMES,
  accountSettingType,
  changeFault,
  effectiveValue,
  valueFault,
} from "./account-setting.ts";

test.each([
  ["serviceLongArnFormat", "enabled"],
  ["taskLongArnFormat", "enabled"],
  ["containerInstanceLongArnFormat", "enabled"],
  ["awsvpcTrunking", "disabled"],
  ["containerInsights", "disabled"],
  ["fargateFIPSMode", "disabled"],
  ["tagResourceAuthorization", "on"],
  ["fargateTaskRetirementWaitPeriod", "7"],
  ["guardDutyActivate", "off"],
  ["defaultLogDriverMode", "non-blocking"],
  ["fargateEventWindows", "disabled"],
] as const)("%s is %s where nobody has set it", (name, value) => {
  expect(effectiveValue(name, {})).toBe(value);
});

test("one's own value goes before the root user's, and that before ECS's", () => {
  const root = { containerInsights: "enabled" };
  expect(effectiveValue("containerInsights", { root })).toBe("enabled");
  expect(effectiveValue("containerInsights", { root, own: { awsvpcTrunking: "enabled" } })).toBe(
    "enabled",
  );
  expect(
    effectiveValue("containerInsights", { root, own: { containerInsights: "enhanced" } }),
  ).toBe("enhanced");
});

test.each([
  ["containerInsights", ["disabled", "enabled", "enhanced"]],
  ["awsvpcTrunking", ["disabled", "enabled"]],
  ["fargateFIPSMode", ["disabled", "enabled"]],
  ["fargateEventWindows", ["disabled", "enabled"]],
  ["tagResourceAuthorization", ["on", "off"]],
  ["fargateTaskRetirementWaitPeriod", ["7", "0", "14"]],
  ["defaultLogDriverMode", ["non-blocking", "blocking"]],
  ["serviceLongArnFormat", ["enabled"]],
] as const)("%s may be one of %j", (name, values) => {
  for (const value of values) expect(valueFault(name, value)).toBeUndefined();
  for (const value of ["", "ENABLED", "1"]) {
    expect(valueFault(name, value)).toBe(
      `Invalid setting 'value': ${name} should be one of [${values.join(",")}]`,
    );
  }
});

test.each(["serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat"] as const)(
  "%s cannot be turned off",
  (name) => {
    expect(valueFault(name, "disabled")).toBe("You can no longer disable Long Arn settings");
  },
);

test("what AWS manages cannot be changed by anybody", () => {
  const managed = ACCOUNT_SETTING_NAMES.filter((name) => accountSettingType(name) !== "user");
  expect(managed).toEqual(["guardDutyActivate"]);
  for (const isRoot of [true, false]) {
    expect(changeFault({ name: "guardDutyActivate", isRoot })).toBe(
      "guardDutyActivate is managed by AWS and cannot be changed.",
    );
  }
});

test.each(["tagResourceAuthorization", "fargateTaskRetirementWaitPeriod"] as const)(
  "%s is the same for all",
  (name) => {
    expect(changeFault({ name, isRoot: true })).toBeUndefined();
    expect(changeFault({ name, isRoot: false })).toMatch(/^.+ is a setting of the account: /);
  },
);

test("what is not of the account may be anybody's", () => {
  expect(changeFault({ name: "containerInsights", isRoot: false })).toBeUndefined();
});
