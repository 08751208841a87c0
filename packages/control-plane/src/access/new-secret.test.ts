import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { accessKeyIdOf, ID_HEX_DIGITS, newSecret } from "./new-secret.ts";

const randomHex = (digits: number) => randomBytes(digits).toString("hex").slice(0, digits);

test("ids have AWS's form and all the randomness that they are given", () => {
  const digits = "0123456789abcdef".split("").map((digit) => digit.repeat(ID_HEX_DIGITS));
  const ids = digits.map((hex) => accessKeyIdOf("AKIA", hex));
  for (const id of ids) expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(new Set(ids).size).toBe(16);
  const zeros = "0".repeat(ID_HEX_DIGITS);
  expect(accessKeyIdOf("ASIA", zeros)).toBe(`ASIA${"A".repeat(16)}`);
  for (let position = 0; position < ID_HEX_DIGITS; position += 1) {
    const changed = `${zeros.slice(0, position)}1${zeros.slice(position + 1)}`;
    expect(accessKeyIdOf("ASIA", changed)).not.toBe(accessKeyIdOf("ASIA", zeros));
  }
});

test("a secret has forty characters, and is stored sealed for its key", async () => {
  const box = new FakeSecretBox();
  const { secretAccessKey, sealedSecret } = await newSecret({ randomHex }, box, "AKIA1");
  expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(await box.open(sealedSecret, "AKIA1")).toBe(secretAccessKey);
  const again = await newSecret({ randomHex }, box, "AKIA1");
  expect(again.secretAccessKey).not.toBe(secretAccessKey);
});
