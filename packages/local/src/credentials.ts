import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { writePrivateFile } from "./data-directory.ts";

/**
 * The root access key: read, or made at the first start.
 *
 * @throws Error where others may read the file, or where it holds no key.
 */
export function rootCredentials(path: string): RootCredentials {
  if (!existsSync(path)) {
    writePrivateFile(path, `${JSON.stringify(newAccessKey(), undefined, 2)}\n`);
  }
  refuseIfShared(path);
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

function refuseIfShared(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Error(
    `${path} can be read by others (mode ${mode.toString(8)}). Whoever has this key controls the machine: ` +
      `run "chmod 600 ${path}", or remove the file to get a new key.`,
  );
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
