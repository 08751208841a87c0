import { aContainerDefinition, aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { expect, test } from "vitest";
import { putAccountSettingDefault } from "../commands/put-account-setting.ts";
import { defaultLogMode } from "./log-driver-mode.ts";

const definition = aTaskDefinition({
  containerDefinitions: [aContainerDefinition({ logConfiguration: { logDriver: "awslogs" } })],
});

test("is the account's, which takes a minute to be heard of", async () => {
  let now = 1_000;
  const plane = { ...aControlPlane(), now: () => now };
  expect(await defaultLogMode(plane, [definition])).toBe("non-blocking");
  await putAccountSettingDefault(plane, { name: "defaultLogDriverMode", value: "blocking" });
  expect(await defaultLogMode(plane, [definition])).toBe("non-blocking");
  now += 60_000;
  expect(await defaultLogMode(plane, [definition])).toBe("blocking");
});

test("is not asked for where all definitions say how they log", async () => {
  const plane = aControlPlane();
  const accountSettings = { ...plane.store.accountSettings, findMany: () => expect.unreachable() };
  const store = { ...plane.store, accountSettings };
  expect(await defaultLogMode({ ...plane, store }, [aTaskDefinition()])).toBe("non-blocking");
});
