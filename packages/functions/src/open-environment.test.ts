import { describe, expect, it } from "vitest";
import { readAccessKeys, readJoinRules, readKmsKeyId } from "./open-environment.ts";

const KEY = { accessKeyId: "AKIAROOT", secretAccessKey: "the-secret", principalArn: "arn:root" };

describe("readAccessKeys", () => {
  it("reads the list", () => {
    expect(readAccessKeys({ BERTH_ACCESS_KEYS: JSON.stringify([KEY]) })).toEqual([KEY]);
  });

  it.each(["the-secret", '[{"accessKeyId":"AKIAROOT","secretAccessKey":"the-secret"}]'])(
    "repeats no secret in its error: %s",
    (json) => {
      const read = () => readAccessKeys({ BERTH_ACCESS_KEYS: json });
      expect(read).toThrow("The environment cannot be used. BERTH_ACCESS_KEYS: not a list of");
      expect(read).not.toThrow("the-secret");
    },
  );
});

it("names the KMS key that is missing", () => {
  expect(readKmsKeyId({ BERTH_KMS_KEY_ID: "arn:key" })).toBe("arn:key");
  expect(() => readKmsKeyId({})).toThrow("BERTH_KMS_KEY_ID: ");
});

describe("readJoinRules", () => {
  const GIVEN = { AWS_REGION: "eu-central-1", BERTH_INSTALLATION: "api.example.com" };
  const [web, batch] = ["web", "path/batch"].map(
    (name) => `arn:aws:iam::111122223333:role/${name}`,
  );

  it("lets nobody join where nothing is said, and asks the region's STS", () => {
    expect(readJoinRules(GIVEN)).toEqual({
      installation: "api.example.com",
      instanceRoles: [],
      stsEndpoint: "https://sts.eu-central-1.amazonaws.com",
    });
  });

  it("reads several roles, and another STS", () => {
    const rules = readJoinRules({
      ...GIVEN,
      BERTH_INSTANCE_ROLES: `${web},${batch}`,
      AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9000",
    });
    expect(rules).toMatchObject({
      instanceRoles: [web, batch],
      stsEndpoint: "http://127.0.0.1:9000",
    });
  });

  it.each(["berth-instance", "arn:aws:iam::1:role/x", `${web}, ${batch}`])(
    "refuses what is no role: %s",
    (roles) => {
      const read = () => readJoinRules({ ...GIVEN, BERTH_INSTANCE_ROLES: roles });
      expect(read).toThrow("BERTH_INSTANCE_ROLES");
    },
  );
});
