import type { KMSClient } from "@aws-sdk/client-kms";
import { EncryptCommand } from "@aws-sdk/client-kms";
import { encryptionContext } from "./encryption-context.ts";

/** Encrypts secrets of access keys with a key of KMS. */
export function createKmsSealer(client: KMSClient, keyId: string) {
  return {
    async seal(secret: string, accessKeyId: string): Promise<string> {
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({
          KeyId: keyId,
          Plaintext: Buffer.from(secret, "utf8"),
          EncryptionContext: encryptionContext(accessKeyId),
        }),
      );
      if (!CiphertextBlob) throw new Error("KMS encrypted nothing.");
      return Buffer.from(CiphertextBlob).toString("base64");
    },
  };
}
