import { ACCOUNT_SETTING_NAMES } from "@berth/domain/account-setting";
import type { Permissions } from "@berth/domain/access/access-key";
import { createMemoryTable } from "@berth/store/memory/table";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { watchWrites } from "@berth/testing/watch-writes";
import { beforeEach, describe, expect, test } from "vitest";
import type { CommandContext } from "../context.ts";
import { createCluster } from "./create-cluster.ts";
import { deleteAccountSetting } from "./delete-account-setting.ts";
import { listAccountSettings } from "./list-account-settings.ts";
import { putAccountSetting, putAccountSettingDefault } from "./put-account-setting.ts";

const ROOT = "arn:aws:iam::123456789012:root";
const ADA = "arn:aws:iam::123456789012:user/ada";
const BOB = "arn:aws:iam::123456789012:user/team/bob";
const WITH_POLICY: Permissions = { kind: "policy", statements: [] };

let plane: TestControlPlane;
let ada: CommandContext;
beforeEach(() => {
  plane = aControlPlane();
  ada = { ...plane, principalArn: ADA, permissions: WITH_POLICY };
});

/** As `name=value` lines. */
async function listed(
  context: CommandContext,
  request: Parameters<typeof listAccountSettings>[1] = {},
): Promise<readonly string[]> {
  const { settings = [] } = await listAccountSettings(context, request);
  return settings.map(({ name, value }) => `${name}=${value}`);
}

const effective = { effectiveSettings: true };

describe("a setting", () => {
  test("of one's own holds for oneself", async () => {
    const { setting } = await putAccountSetting(ada, {
      name: "containerInsights",
      value: "enhanced",
    });
    expect(setting).toEqual({
      name: "containerInsights",
      value: "enhanced",
      principalArn: ADA,
      type: "user",
    });
    expect(await listed(ada)).toEqual(["containerInsights=enhanced"]);
    expect(await listed(plane)).toEqual([]);
    const { settings } = await listAccountSettings(plane, {
      ...effective,
      name: "containerInsights",
    });
    expect(settings).toEqual([
      { name: "containerInsights", value: "disabled", principalArn: ROOT, type: "user" },
    ]);
  });

  test("of the root user holds for all who have none of their own", async () => {
    const name = "awsvpcTrunking";
    const { setting } = await putAccountSettingDefault(ada, { name, value: "enabled" });
    expect(setting).toMatchObject({ principalArn: ROOT, value: "enabled" });
    expect(await listed(ada)).toEqual([]);
    expect(await listed(ada, { ...effective, name })).toEqual(["awsvpcTrunking=enabled"]);
    await putAccountSetting(ada, { name, value: "disabled" });
    expect(await listed(ada, { ...effective, name })).toEqual(["awsvpcTrunking=disabled"]);
    expect(await listed(plane)).toEqual(["awsvpcTrunking=enabled"]);
  });

  test("that the root user sets for himself is the default", async () => {
    await putAccountSetting(plane, { name: "containerInsights", value: "enabled" });
    expect(await listed(ada, { ...effective, name: "containerInsights" })).toEqual([
      "containerInsights=enabled",
    ]);
  });

  test("is taken back, and the answer is what holds then", async () => {
    const name = "containerInsights";
    await putAccountSettingDefault(plane, { name, value: "enabled" });
    await putAccountSetting(ada, { name, value: "enhanced" });
    await putAccountSetting(ada, { name: "fargateFIPSMode", value: "enabled" });
    const { setting } = await deleteAccountSetting(ada, { name });
    expect(setting).toEqual({ name, value: "enabled", principalArn: ADA, type: "user" });
    expect(await listed(ada)).toEqual(["fargateFIPSMode=enabled"]);
    expect((await deleteAccountSetting(ada, { name })).setting?.value).toBe("enabled");
    expect((await deleteAccountSetting(plane, { name })).setting?.value).toBe("disabled");
  });

  test("of somebody else is for the root user and administrators", async () => {
    const request = { name: "containerInsights", principalArn: BOB } as const;
    for (const principalArn of [ROOT, "arn:aws:iam::123456789012:user/admin"]) {
      const admin = { ...plane, principalArn };
      await putAccountSetting(admin, { ...request, value: "enabled" });
      expect(await listed(admin, { principalArn: BOB })).toEqual(["containerInsights=enabled"]);
      await deleteAccountSetting(admin, request);
    }
    const refusal = { code: "AccessDeniedException", message: expect.stringContaining(BOB) };
    await expect(putAccountSetting(ada, { ...request, value: "enabled" })).rejects.toMatchObject(
      refusal,
    );
    await expect(deleteAccountSetting(ada, request)).rejects.toMatchObject(refusal);
    await expect(listed(ada, request)).rejects.toMatchObject(refusal);
    expect(await listed(ada, { principalArn: ADA })).toEqual([]);
  });

  test("of the root user may be his who signs for him with a policy", async () => {
    const root = { ...plane, permissions: WITH_POLICY };
    await putAccountSetting(root, {
      name: "containerInsights",
      value: "enabled",
      principalArn: BOB,
    });
    expect(await listed(root, { principalArn: BOB })).toEqual(["containerInsights=enabled"]);
  });

  test("is lost to nobody who sets another one meanwhile", async () => {
    const names = ["containerInsights", "awsvpcTrunking", "fargateFIPSMode"] as const;
    await Promise.all(names.map((name) => putAccountSetting(ada, { name, value: "enabled" })));
    expect(await listed(ada)).toHaveLength(3);
  });

  test("that changes nothing is not written", async () => {
    const table = createMemoryTable();
    let writes = 0;
    const counted = aControlPlane({
      table: watchWrites(table, () => {
        writes += 1;
      }),
    });
    const request = { name: "awsvpcTrunking", value: "enabled" } as const;
    await deleteAccountSetting(counted, request);
    expect(writes).toBe(0);
    await putAccountSetting(counted, request);
    await putAccountSetting(counted, request);
    expect(writes).toBe(1);
  });
});

describe("ListAccountSettings", () => {
  test("lists all that hold, by name, ten on a page", async () => {
    const first = await listAccountSettings(ada, effective);
    expect(first.settings).toHaveLength(10);
    const second = await listAccountSettings(ada, { ...effective, nextToken: first.nextToken });
    expect(second.nextToken).toBeUndefined();
    const names = [...(first.settings ?? []), ...(second.settings ?? [])].map(({ name }) => name);
    expect(names).toEqual(ACCOUNT_SETTING_NAMES);
    expect(names).toHaveLength(11);
  });

  test("pages of one's own settings end where there are no more", async () => {
    for (const name of ["awsvpcTrunking", "containerInsights"] as const) {
      await putAccountSetting(ada, { name, value: "enabled" });
    }
    const first = await listAccountSettings(ada, { maxResults: 1 });
    expect(first.settings?.map(({ name }) => name)).toEqual(["awsvpcTrunking"]);
    const second = await listAccountSettings(ada, { maxResults: 1, nextToken: first.nextToken });
    expect(second.settings?.map(({ name }) => name)).toEqual(["containerInsights"]);
    expect(second.nextToken).toBeUndefined();
  });

  test("filters by name and value", async () => {
    await putAccountSetting(ada, { name: "containerInsights", value: "enabled" });
    const name = "containerInsights";
    expect(await listed(ada, { name, value: "enabled" })).toEqual(["containerInsights=enabled"]);
    expect(await listed(ada, { name, value: "disabled" })).toEqual([]);
    expect(await listed(ada, { name: "awsvpcTrunking" })).toEqual([]);
    const off = { ...effective, name: "awsvpcTrunking", value: "disabled" } as const;
    expect(await listed(ada, off)).toEqual(["awsvpcTrunking=disabled"]);
  });

  test("tells what AWS manages apart", async () => {
    const name = "guardDutyActivate";
    const { settings } = await listAccountSettings(ada, { ...effective, name });
    expect(settings).toEqual([{ name, value: "off", principalArn: ADA, type: "aws_managed" }]);
  });

  test.each([
    { request: { value: "enabled" }, message: "value can only be given together with a name." },
    { request: { maxResults: 11 }, message: "maxResults must be between 1 and 10." },
    { request: { nextToken: "x" }, message: "Invalid nextToken." },
    {
      request: { principalArn: "ada" },
      message:
        "principalArn should be the ARN of the root user, or of a user or role, of this account.",
    },
  ])("refuses: $message", async ({ request, message }) => {
    await expect(listAccountSettings(plane, request)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});

describe("PutAccountSetting refuses", () => {
  test.each([
    {
      request: { name: "taskLongArnFormat", value: "disabled" },
      message: "You can no longer disable Long Arn settings",
    },
    {
      request: { name: "containerInsights", value: "ENABLED" },
      message:
        "Invalid setting 'value': containerInsights should be one of [disabled,enabled,enhanced]",
    },
    {
      request: { name: "guardDutyActivate", value: "on" },
      message: "guardDutyActivate is managed by AWS and cannot be changed.",
    },
    {
      request: { name: "tagResourceAuthorization", value: "off" },
      message:
        "tagResourceAuthorization is a setting of the account: set its default, or name the root user as principalArn.",
    },
  ] as const)("$message", async ({ request, message }) => {
    const refusal = { code: "InvalidParameterException", message };
    await expect(putAccountSetting(ada, request)).rejects.toMatchObject(refusal);
    expect(await plane.store.accountSettings.findMany([ADA, ROOT])).toEqual([]);
  });

  test.each([
    "",
    "ada",
    "arn:aws:iam::210987654321:user/ada",
    "arn:aws:iam::123456789012:group/x",
    "arn:aws:iam::123456789012:user/",
    `arn:aws:iam::123456789012:user/${"x".repeat(577)}`,
  ])("the principal %s", async (principalArn) => {
    const request = { name: "containerInsights", value: "enabled", principalArn } as const;
    await expect(putAccountSetting(plane, request)).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  test("what is managed cannot be taken back either", async () => {
    await expect(deleteAccountSetting(plane, { name: "guardDutyActivate" })).rejects.toThrow(
      "guardDutyActivate is managed by AWS",
    );
  });
});

describe("a new cluster", () => {
  const insightsOf = async (context: CommandContext, clusterName: string) =>
    (await createCluster(context, { clusterName })).cluster?.settings?.[0]?.value;

  test("has Container Insights as its maker's settings say, and keeps it", async () => {
    expect(await insightsOf(ada, "first")).toBe("disabled");
    await putAccountSettingDefault(plane, { name: "containerInsights", value: "enabled" });
    expect(await insightsOf(ada, "second")).toBe("enabled");
    await putAccountSetting(ada, { name: "containerInsights", value: "enhanced" });
    expect(await insightsOf(ada, "third")).toBe("enhanced");
    expect(await insightsOf(plane, "fourth")).toBe("enabled");
    expect(await insightsOf(ada, "first")).toBe("disabled");
  });

  test("goes by what is given first", async () => {
    await putAccountSettingDefault(plane, { name: "containerInsights", value: "enabled" });
    const settings = [{ name: "containerInsights" as const, value: "disabled" }];
    const { cluster } = await createCluster(plane, { settings });
    expect(cluster?.settings).toEqual(settings);
  });
});
