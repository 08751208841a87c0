import { expect, test } from "vitest";
import { parseSecretReference } from "./secret-reference.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

test.each([
  [ARN, { secretId: ARN }],
  [`${ARN}:password::`, { secretId: ARN, jsonKey: "password" }],
  [`${ARN}::AWSPREVIOUS:`, { secretId: ARN, versionStage: "AWSPREVIOUS" }],
  [`${ARN}:::id-1`, { secretId: ARN, versionId: "id-1" }],
  [
    `${ARN}:password:AWSPENDING:id-1`,
    { secretId: ARN, jsonKey: "password", versionStage: "AWSPENDING", versionId: "id-1" },
  ],
  ["registry-login", { secretId: "registry-login" }],
])("reads %s", (valueFrom, reference) => {
  expect(parseSecretReference(valueFrom)).toEqual(reference);
});
