import type { ControlPlane } from "../context.ts";
import type { SecretSealer } from "./secret-box.ts";

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Of an id, after its first four characters. */
const ID_LENGTH = 16;
/** Thirty bytes: forty characters of base64, as AWS's secrets have. */
const SECRET_HEX_DIGITS = 60;

/** An access key id in AWS's form, of so many hex digits that are nobody's else. */
export function accessKeyIdOf(kind: "AKIA" | "ASIA", hex: string): string {
  const digits = Array.from(
    { length: ID_LENGTH },
    // Five bits a character: 80 bits of what is given.
    (_, index) => ID_ALPHABET[bitsAt(hex, index * 5)] ?? "",
  );
  return `${kind}${digits.join("")}`;
}

/** Hex digits that make an id. */
export const ID_HEX_DIGITS = (ID_LENGTH * 5) / 4;

const bitsAt = (hex: string, start: number): number =>
  Number((BigInt(`0x${hex.slice(0, ID_HEX_DIGITS)}`) >> BigInt(ID_LENGTH * 5 - 5 - start)) & 31n);

/** A secret that nobody had before, and what may be stored of it. */
export async function newSecret(
  { randomHex }: Pick<ControlPlane, "randomHex">,
  sealer: SecretSealer,
  accessKeyId: string,
): Promise<{ readonly secretAccessKey: string; readonly sealedSecret: string }> {
  const secretAccessKey = Buffer.from(randomHex(SECRET_HEX_DIGITS), "hex").toString("base64");
  return { secretAccessKey, sealedSecret: await sealer.seal(secretAccessKey, accessKeyId) };
}
