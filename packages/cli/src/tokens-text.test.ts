import type { CreatedApiToken } from "@berth/contracts/rest/api-tokens";
import { expect, test } from "vitest";
import { createdTokenText, tokensText } from "./tokens-text.ts";

const token: CreatedApiToken = {
  tokenId: "0123456789abcdef",
  principal: "ada",
  kind: "policy",
  createdAt: "2026-11-21T12:00:00.000Z",
  createdBy: "arn:aws:iam::000000000000:root",
  expiresAt: "2027-02-19T12:00:00.000Z",
  token: "berth_0123456789abcdef_00",
};

test("the export line of a new token can be picked out by what it begins with", () => {
  const lines = createdTokenText(token).split("\n");
  expect(lines.filter((line) => line.startsWith("export "))).toEqual([
    "export BERTH_TOKEN=berth_0123456789abcdef_00",
  ]);
});

test("tokens are listed in columns", () => {
  expect(tokensText([token])).toBe(
    `
TOKEN             PRINCIPAL  KIND    CREATED                   EXPIRES
0123456789abcdef  ada        policy  2026-11-21T12:00:00.000Z  2027-02-19T12:00:00.000Z
`.trim(),
  );
  expect(tokensText([])).toBe("There are no tokens.");
});
