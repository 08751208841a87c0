import { aControlPlane } from "@berth/testing/control-plane";
import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import { describe, expect, test } from "vitest";
import { createFindAccessKey } from "./find-access-key.ts";
import { joinInstance } from "./join-instance.ts";
import type { JoinParts } from "./join-instance.ts";

const controlPlaneNow = aControlPlane().now();
const INSTANCE = "i-0123456789abcdef0";
const SESSION = `arn:aws:sts::111122223333:assumed-role/web/${INSTANCE}`;
const ROLE = "arn:aws:iam::111122223333:role/web";

const basicTime = (time: number) => new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");

function signedUrl(signature = "a".repeat(64)): string {
  const query = new URLSearchParams({
    Action: "GetCallerIdentity",
    Version: "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "ASIAEXAMPLE/20261121/eu-central-1/sts/aws4_request",
    "X-Amz-Date": basicTime(controlPlaneNow),
    "X-Amz-Expires": "60",
    "X-Amz-Security-Token": "token",
    "X-Amz-SignedHeaders": "host;x-berth-installation",
    "X-Amz-Signature": signature,
  });
  return `https://sts.test/?${query.toString()}`;
}

function joining(arn: string = SESSION, instanceRoles: readonly string[] = [ROLE]) {
  const controlPlane = aControlPlane();
  const sealer = new FakeSecretBox();
  const asked: string[] = [];
  const parts: JoinParts = {
    rules: { installation: "berth.test", stsEndpoint: "https://sts.test", instanceRoles },
    identities: {
      identify: async ({ url }, installation) => {
        asked.push(`${new URL(url).host} for ${installation}`);
        return arn === "refused" ? arn : { arn };
      },
    },
    sealer,
  };
  const join = (url = signedUrl()) => joinInstance(controlPlane, parts, url);
  const find = createFindAccessKey({ ...controlPlane, opener: sealer, builtIn: new Map() });
  return { controlPlane, join, find, asked };
}

test("an instance gets a key for its agent, for six hours", async () => {
  const { controlPlane, join, find, asked } = joining();
  const { ec2InstanceId, answer } = await join();
  expect(ec2InstanceId).toBe(INSTANCE);
  expect(asked).toEqual(["sts.test for berth.test"]);
  expect(answer).toEqual({
    accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) as string,
    secretAccessKey: expect.stringMatching(/^.{40}$/) as string,
    expiresAt: new Date(controlPlane.now() + 6 * 3_600_000).toISOString(),
  });
  expect(await find(answer.accessKeyId)).toEqual({
    secretAccessKey: answer.secretAccessKey,
    principalArn: `arn:aws:iam::123456789012:user/${INSTANCE}`,
    permissions: { kind: "agent", ec2InstanceId: INSTANCE },
    validUntil: Date.parse(answer.expiresAt),
    isIssued: true,
  });
});

test("a signature is good for one key; the next one is another", async () => {
  const { join } = joining();
  const first = await join();
  await expect(join()).rejects.toMatchObject({
    code: "AccessDeniedException",
    message: "The signed request was used before. Sign another one.",
  });
  const second = await join(signedUrl("b".repeat(64)));
  expect(second.answer.accessKeyId).not.toBe(first.answer.accessKeyId);
});

describe("who may not join", () => {
  test.each([
    ["refused", "STS does not accept the signed request."],
    [
      `arn:aws:sts::111122223333:assumed-role/other/${INSTANCE}`,
      "Instances with the role other of account 111122223333 may not join.",
    ],
    [
      `arn:aws:sts::444455556666:assumed-role/web/${INSTANCE}`,
      "Instances with the role web of account 444455556666 may not join.",
    ],
    ["arn:aws:sts::111122223333:assumed-role/web/mallory", "is no EC2 instance."],
    ["arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0x", "is no EC2 instance."],
    ["arn:aws:iam::111122223333:user/web", "is no session of a role."],
    ["arn:aws:iam::111122223333:root", "is no session of a role."],
    [`arn:aws:sts::111122223333:federated-user/${INSTANCE}`, "is no session of a role."],
  ])("%s", async (arn, message) => {
    const { controlPlane, join } = joining(arn);
    await expect(join()).rejects.toMatchObject({
      code: "AccessDeniedException",
      message: expect.stringContaining(message) as string,
    });
    const { accessKeys } = controlPlane.store;
    expect((await accessKeys.page({ temporary: true }, { limit: 1 })).items).toEqual([]);
  });
});

test("a role may have a path, which its sessions do not tell", async () => {
  const { join } = joining(SESSION, ["arn:aws:iam::111122223333:role/fleet/eu/web"]);
  await expect(join()).resolves.toMatchObject({ ec2InstanceId: INSTANCE });
});

test("what is no signed question to STS is not asked", async () => {
  const { join, asked } = joining();
  await expect(join("https://evil.example/")).rejects.toMatchObject({
    code: "InvalidParameterException",
    message: "url: must be of https://sts.test/.",
  });
  expect(asked).toEqual([]);
});

test("where no role is named nobody joins, and the answer says so", async () => {
  const { join, asked } = joining(SESSION, []);
  await expect(join()).rejects.toMatchObject({
    code: "UnsupportedFeatureException",
    message: expect.stringContaining("BERTH_INSTANCE_ROLES names no role") as string,
  });
  expect(asked).toEqual([]);
});
