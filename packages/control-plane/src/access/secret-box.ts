/**
 * Encrypts secrets of access keys under a key that never leaves its keeper: AWS KMS, or its stand-in
 * on one machine (ADR 0012). What is sealed for one access key cannot be opened as another one's.
 */
export interface SecretSealer {
  /** @returns base64 */
  seal(secret: string, accessKeyId: string): Promise<string>;
}

/** Its counterpart, apart: a function that only verifies need not be able to encrypt. */
export interface SecretOpener {
  /** @throws where it was not sealed for this id */
  open(sealed: string, accessKeyId: string): Promise<string>;
}
