import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { refuseIfShared, writePrivateFile } from "../data-directory.ts";

export type EncryptionContext = Readonly<Record<string, string>>;

/** One symmetric key of KMS: what it encrypts can be decrypted under the same context only. */
export interface KmsKey {
  encrypt(plaintext: Buffer, context: EncryptionContext): Buffer;
  /** Undefined where it was not encrypted by this key under this context. */
  decrypt(ciphertext: Buffer, context: EncryptionContext): Buffer | undefined;
}

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The installation's key: read, or made at the first start. Whatever it has encrypted is lost with
 * the file.
 *
 * @throws Error where others may read the file, or where it holds no key
 */
export function kmsKey(path: string): KmsKey {
  if (!existsSync(path)) {
    writePrivateFile(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
  }
  refuseIfShared(path, "Whoever has it can read the secrets of all access keys.");
  const key = Buffer.from(readFileSync(path, "utf8"), "base64");
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold an encryption key.`);
  return {
    encrypt: (...given) => encrypt(key, ...given),
    decrypt: (...given) => decrypt(key, ...given),
  };
}

function encrypt(key: Buffer, plaintext: Buffer, context: EncryptionContext): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bytesOf(context));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, ciphertext: Buffer, context: EncryptionContext): Buffer | undefined {
  if (ciphertext.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = ciphertext.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bytesOf(context));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(ciphertext.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
}

/** The same for the same members in any order. */
const bytesOf = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))));
