import type { SecretOpener, SecretSealer } from "@berth/control-plane/access/secret-box";

/** A KMS that hides nothing, and refuses what KMS would refuse. Counts what it is asked. */
export class FakeSecretBox implements SecretOpener, SecretSealer {
  opened = 0;

  async seal(secret: string, accessKeyId: string): Promise<string> {
    return Buffer.from(JSON.stringify({ secret, accessKeyId })).toString("base64");
  }

  async open(sealed: string, accessKeyId: string): Promise<string> {
    this.opened += 1;
    const box = JSON.parse(Buffer.from(sealed, "base64").toString()) as Record<string, string>;
    if (box["accessKeyId"] !== accessKeyId) throw new Error("InvalidCiphertextException");
    return box["secret"] ?? "";
  }
}
