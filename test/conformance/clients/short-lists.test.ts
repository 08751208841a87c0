import * as ecs from "@aws-sdk/client-ecs";
import { ACCOUNT_SETTING_NAMES } from "@berth/domain/account-setting";
import { createMemoryTable } from "@berth/store/memory/table";
import { ROOT, WholeApi } from "@berth/testing/whole-api";
import { expect, it } from "vitest";

const api = WholeApi.on(createMemoryTable(), 1);
const client = api.client(ROOT);

it("the paginator of ListAccountSettings lists each setting once, also in pages of three", async () => {
  const listed: (string | undefined)[] = [];
  const pages = ecs.paginateListAccountSettings(
    { client, pageSize: 3 },
    { effectiveSettings: true },
  );
  for await (const { settings = [] } of pages) {
    listed.push(...settings.map(({ name }) => name));
    // Changes what is listed, and no place in the list.
    await client.send(
      new ecs.PutAccountSettingCommand({ name: "containerInsights", value: "enabled" }),
    );
  }
  expect(listed).toEqual(ACCOUNT_SETTING_NAMES.toSorted());
});

it("the paginator of ListServicesByNamespace ends with what no service is in", async () => {
  const pages = ecs.paginateListServicesByNamespace({ client }, { namespace: "internal" });
  const all = await Array.fromAsync(pages);
  expect(all.map(({ serviceArns }) => serviceArns)).toEqual([[]]);
});

it.each([
  { operation: "ListAccountSettings", body: { effectiveSettings: true } },
  { operation: "ListServicesByNamespace", body: { namespace: "internal" } },
] as const)("$operation refuses tokens that it has not given", async ({ operation, body }) => {
  for (const nextToken of ["x", "W10", Buffer.from('["a","b"]').toString("base64")]) {
    const answer = await api.call(operation, JSON.stringify({ ...body, nextToken }));
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body ?? "")).toEqual({
      __type: "InvalidParameterException",
      message: "Invalid nextToken.",
    });
  }
});
