import type { KMSClient } from "@aws-sdk/client-kms";
import { DecryptCommand } from "@aws-sdk/client-kms";
import { encryptionContext } from "./encryption-context.ts";

/** The sealer's counterpart, in a file of its own: who imports this only need not be allowed to encrypt. */
export function createKmsOpener(client: KMSClient, keyId: string) {
  return {
    async open(sealed: string, accessKeyId: string): Promise<string> {
      const { Plaintext } = await client.send(
        new DecryptCommand({
          KeyId: keyId,
          CiphertextBlob: Buffer.from(sealed, "base64"),
          EncryptionContext: encryptionContext(accessKeyId),
        }),
      );
      if (!Plaintext) throw new Error("KMS decrypted nothing.");
      return Buffer.from(Plaintext).toString("utf8");
    },
  };
}
