import type { CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { expect, test } from "vitest";
import { createdKeyText, keysText } from "./keys-text.ts";

const key: CreatedAccessKey = {
  accessKeyId: "AKIAAAAAAAAAAAAAAAAA",
  principal: "ada",
  kind: "policy",
  status: "Active",
  createdAt: "2026-11-21T12:00:00.000Z",
  createdBy: "arn:aws:iam::000000000000:root",
  secretAccessKey: "a/b+c",
};

test("the export lines of a new key can be picked out by what they begin with", () => {
  const lines = createdKeyText(key).split("\n");
  expect(lines.filter((line) => line.startsWith("export "))).toEqual([
    "export AWS_ACCESS_KEY_ID=AKIAAAAAAAAAAAAAAAAA",
    "export AWS_SECRET_ACCESS_KEY=a/b+c",
  ]);
});

test("keys are listed in columns", () => {
  const fleet = {
    ...key,
    principal: "fleet",
    kind: "agent",
    expiresAt: "2027-01-01T00:00:00.000Z",
  };
  expect(keysText([key, fleet as CreatedAccessKey])).toBe(
    `
ACCESS KEY            PRINCIPAL  KIND    STATUS  CREATED                   EXPIRES
AKIAAAAAAAAAAAAAAAAA  ada        policy  Active  2026-11-21T12:00:00.000Z  -
AKIAAAAAAAAAAAAAAAAA  fleet      agent   Active  2026-11-21T12:00:00.000Z  2027-01-01T00:00:00.000Z
`.trim(),
  );
  expect(keysText([])).toBe("There are no access keys.");
});
