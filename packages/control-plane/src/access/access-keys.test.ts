import type { CreateAccessKeyBody } from "@berth/contracts/rest/access-keys";
import { aControlPlane } from "@berth/testing/control-plane";
import type { TestControlPlane } from "@berth/testing/control-plane";
import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  updateAccessKey,
} from "./access-keys.ts";

const policy = { Statement: { Effect: "Allow", Action: "ecs:*", Resource: "*" } };
const ABSENT = "AKIAZZZZZZZZZZZZZZZZ";

let context: TestControlPlane;
const box = new FakeSecretBox();
beforeEach(() => {
  context = aControlPlane();
});
const create = (body: Partial<CreateAccessKeyBody> = {}) =>
  createAccessKey(context, box, {
    kind: "administrator",
    principal: "ada",
    ...body,
  } as CreateAccessKeyBody);

describe("a key that is created", () => {
  test("is told with its secret once, and then without", async () => {
    const { secretAccessKey, ...created } = await create({ kind: "policy", policy });
    expect(secretAccessKey).toHaveLength(40);
    expect(created).toEqual({
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/) as string,
      principal: "ada",
      kind: "policy",
      policy,
      status: "Active",
      createdAt: new Date(context.now()).toISOString(),
      createdBy: context.principalArn,
    });
    const { accessKeyId } = created;
    expect(await getAccessKey(context, accessKeyId)).toEqual(created);
    const pages = await listAccessKeys(context, { temporary: false }, { limit: 10 });
    expect(pages).toEqual({ accessKeys: [created] });
    const stored = await context.store.accessKeys.find(accessKeyId);
    expect(JSON.stringify(stored)).not.toContain(secretAccessKey);
    expect(await box.open(stored?.sealedSecret ?? "", accessKeyId)).toBe(secretAccessKey);
  });

  test("may end by itself, in the future", async () => {
    const expiresAt = new Date(context.now() + 1_000).toISOString();
    expect(await create({ expiresAt })).toMatchObject({ expiresAt });
    const past = new Date(context.now()).toISOString();
    await expect(create({ expiresAt: past })).rejects.toThrow("expiresAt: must be in the future.");
  });

  test("needs a policy that is understood", async () => {
    const odd = { Statement: { ...policy.Statement, Condition: { Bool: {} } } };
    await expect(create({ kind: "policy", policy: odd })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringContaining(
        "policy: Statement[0].Condition.Bool is not one of",
      ) as string,
    });
  });

  test("does not take an id that is taken", async () => {
    const ids = ["0".repeat(20), "0".repeat(60), "0".repeat(20), "0".repeat(60), "1".repeat(20)];
    const randomHex = (digits: number) => ids.shift() ?? "2".repeat(digits);
    const drawing = { ...context, randomHex };
    const body = { kind: "agent", principal: "fleet" } as const;
    const first = await createAccessKey(drawing, box, body);
    const second = await createAccessKey(drawing, box, body);
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
  });
});

describe("a key that is there", () => {
  test("is switched off and on, and gets another policy", async () => {
    const { accessKeyId } = await create({ kind: "policy", policy });
    expect(await updateAccessKey(context, accessKeyId, { status: "Inactive" })).toMatchObject({
      status: "Inactive",
      policy,
    });
    const other = { Statement: { ...policy.Statement, Effect: "Deny" } };
    await updateAccessKey(context, accessKeyId, { policy: other });
    expect(await getAccessKey(context, accessKeyId)).toMatchObject({
      status: "Inactive",
      policy: other,
    });
  });

  test("of another kind has no policy to change", async () => {
    const { accessKeyId } = await create();
    await expect(updateAccessKey(context, accessKeyId, { policy })).rejects.toThrow(
      `policy: the access key ${accessKeyId} has no policy; it is of kind administrator.`,
    );
  });

  test("is deleted for good", async () => {
    const { accessKeyId } = await create();
    await deleteAccessKey(context, accessKeyId);
    await expect(getAccessKey(context, accessKeyId)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});

test.each([
  () => getAccessKey(context, ABSENT),
  () => updateAccessKey(context, ABSENT, { status: "Active" }),
  () => deleteAccessKey(context, ABSENT),
])("what is not there is said not to be", async (call) => {
  await expect(call()).rejects.toMatchObject({
    code: "ResourceNotFoundException",
    message: `There is no access key ${ABSENT}.`,
  });
});
