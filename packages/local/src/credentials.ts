import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { refuseIfShared, writePrivateFile } from "./data-directory.ts";

/**
 * The root access key: read, or made at the first start.
 *
 * @throws Error where others may read the file, or where it holds no key.
 */
export function rootCredentials(path: string): RootCredentials {
  if (!existsSync(path)) {
    writePrivateFile(path, `${JSON.stringify(newAccessKey(), undefined, 2)}\n`);
  }
  refuseIfShared(path, "Whoever has this key controls the machine.");
  const stored: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isRootCredentials(stored)) throw new Error(`${path} does not hold an access key.`);
  return stored;
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An access key in the form of AWS's own: 20 characters that begin with AKIA, and a secret of 40. */
export function newAccessKey(): RootCredentials {
  const suffix = Array.from({ length: 16 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]);
  return {
    accessKeyId: `AKIA${suffix.join("")}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}

function isRootCredentials(value: unknown): value is RootCredentials {
  return (
    typeof value === "object" &&
    value !== null &&
    "accessKeyId" in value &&
    typeof value.accessKeyId === "string" &&
    "secretAccessKey" in value &&
    typeof value.secretAccessKey === "string"
  );
}
