import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { anAccessKey } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestControlPlane } from "@berth/testing/control-plane";
import { createFindAccessKey } from "./find-access-key.ts";
import { accessKeyIdOf } from "./new-secret.ts";
import { sha256Hex } from "../request-hash.ts";
import type { Credential, FindAccessKey } from "./find-access-key.ts";

const ID = anAccessKey().id;
const ROOT: Credential = {
  secretAccessKey: "root-secret",
  principalArn: "arn:root",
  permissions: ADMINISTRATOR,
  isIssued: false,
};

let controlPlane: TestControlPlane;
let box: FakeSecretBox;
let readings: number;
let find: FindAccessKey;
beforeEach(async () => {
  controlPlane = aControlPlane();
  box = new FakeSecretBox();
  readings = 0;
  const { accessKeys } = controlPlane.store;
  const counted = {
    ...accessKeys,
    find: (id: string) => {
      readings += 1;
      return accessKeys.find(id);
    },
  };
  const store = { ...controlPlane.store, accessKeys: counted };
  const builtIn = new Map([["AKIAROOT", ROOT]]);
  find = createFindAccessKey({ ...controlPlane, store, opener: box, builtIn });
});

async function issue(overrides: Parameters<typeof anAccessKey>[0] = {}): Promise<void> {
  const sealedSecret = await box.seal("secret", ID);
  await controlPlane.store.accessKeys.create(anAccessKey({ sealedSecret, ...overrides }));
}

async function change(overrides: Parameters<typeof anAccessKey>[0]): Promise<void> {
  const { accessKeys } = controlPlane.store;
  const stored = await accessKeys.find(ID);
  if (stored) await accessKeys.replace({ ...stored, ...overrides });
}

test("a key is found with its secret and what it may", async () => {
  const validUntil = controlPlane.now() + 1_000;
  const statement = { Effect: "Allow", Action: "ecs:*", Resource: "*" };
  await issue({
    principal: "ci",
    validUntil,
    grant: { kind: "policy", document: JSON.stringify({ Statement: statement }) },
  });
  expect(await find(ID)).toMatchObject({
    secretAccessKey: "secret",
    principalArn: "arn:aws:iam::123456789012:user/ci",
    permissions: { kind: "policy", statements: [{ effect: "Allow" }] },
    validUntil,
    isIssued: true,
  });
});

test("built-in keys come first, and need no reading", async () => {
  expect(await find("AKIAROOT")).toBe(ROOT);
  expect(readings).toBe(0);
});

test.each(["AKIA", "akiaaaaaaaaaaaaaaaaa", "AIDAAAAAAAAAAAAAAAAA", `${ID}A`, "__proto__"])(
  "%s is no id of an issued key, and not worth a reading",
  async (id) => {
    expect(await find(id)).toBeUndefined();
    expect(readings).toBe(0);
  },
);

describe("what was read is remembered", () => {
  test("for a minute: one reading and one decryption, also for many who ask at once", async () => {
    await issue();
    await Promise.all([find(ID), find(ID), find(ID)]);
    controlPlane.advance(59_999);
    await find(ID);
    expect([readings, box.opened]).toEqual([1, 1]);
    controlPlane.advance(1);
    await find(ID);
    expect([readings, box.opened]).toEqual([2, 2]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["switched off", () => change({ status: "Inactive" })],
    [
      "deleted",
      async () => {
        const stored = await controlPlane.store.accessKeys.find(ID);
        if (stored) await controlPlane.store.accessKeys.delete(stored);
      },
    ],
  ])("and so a key that is %s is good for a minute at most", async (_, revoke) => {
    await issue();
    expect(await find(ID)).toBeDefined();
    await revoke();
    controlPlane.advance(60_000);
    expect(await find(ID)).toBeUndefined();
  });

  test("absence for a few seconds, so that a new key is soon good", async () => {
    expect(await find(ID)).toBeUndefined();
    await issue();
    expect(await find(ID)).toBeUndefined();
    expect(readings).toBe(1);
    controlPlane.advance(5_000);
    expect(await find(ID)).toBeDefined();
  });

  test("also while a stranger makes up thousands of ids", async () => {
    await issue();
    await find(ID);
    for (let made = 0; made < 5_000; made += 1) {
      await find(accessKeyIdOf("AKIA", sha256Hex(String(made))));
    }
    await find(ID);
    expect(box.opened).toBe(1);
    expect(readings).toBe(5_001);
  });

  test("but not a failure", async () => {
    await issue({ sealedSecret: await box.seal("secret", "AKIABBBBBBBBBBBBBBBB") });
    await expect(find(ID)).rejects.toThrow("InvalidCiphertextException");
    await change({ sealedSecret: await box.seal("secret", ID) });
    expect(await find(ID)).toMatchObject({ secretAccessKey: "secret" });
  });
});
