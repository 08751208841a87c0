import { beforeEach, expect, test } from "vitest";
import { type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const ADA = "arn:aws:iam::123456789012:user/team/ada";
const ROOT = "arn:aws:iam::123456789012:root";

/** Part of the store's contract. */
export function describeAccountSettings(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("they are read as they were written, for those who have some", async () => {
    const { accountSettings } = world.store;
    const settings = { principalArn: ADA, values: { containerInsights: "enabled" } };
    expect(await accountSettings.create(settings)).toBe("ok");
    expect(await accountSettings.create(settings)).toBe("conflict");
    const found = await accountSettings.findMany([ADA, ROOT]);
    expect(found).toStrictEqual([{ ...settings, version: 1 }]);
    expect(await accountSettings.findMany([])).toEqual([]);
  });

  test("a change needs the version that was read", async () => {
    const { accountSettings } = world.store;
    await accountSettings.create({ principalArn: ADA, values: { awsvpcTrunking: "enabled" } });
    const read = there((await accountSettings.findMany([ADA]))[0]);
    expect(await accountSettings.replace({ ...read, values: {} })).toBe("ok");
    expect(await accountSettings.replace(read)).toBe("conflict");
    expect(await accountSettings.findMany([ADA])).toMatchObject([{ values: {}, version: 2 }]);
  });

  test("they last", async () => {
    const { accountSettings } = world.store;
    await accountSettings.create({ principalArn: ROOT, values: {} });
    world.passHistory();
    expect(await accountSettings.findMany([ROOT])).toHaveLength(1);
  });
}
