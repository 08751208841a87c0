import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DecryptCommand, EncryptCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { createKmsOpener } from "@berth/aws/kms-opener";
import { createKmsSealer } from "@berth/aws/kms-sealer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { kmsKey } from "./kms-key.ts";
import { KMS_KEY_ID, startKms } from "./kms-server.ts";
import { socketClientConfig } from "./socket-client.ts";

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};

let directory: string;
let path: string;
let server: Server;
let client: KMSClient;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-kms-"));
  path = join(directory, "kms.key");
  const socket = join(directory, "kms.sock");
  server = await startKms(kmsKey(path), socket);
  client = new KMSClient({ ...socketClientConfig(socket, identity), maxAttempts: 1 });
});
afterEach(() => {
  client.destroy();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const sealer = () => createKmsSealer(client, KMS_KEY_ID);
const opener = () => createKmsOpener(client, KMS_KEY_ID);

describe("through AWS's own client", () => {
  test("a secret comes back as it was, and is sealed otherwise each time", async () => {
    const [one, another] = [
      await sealer().seal("s3cret/+", "AKIA1"),
      await sealer().seal("s3cret/+", "AKIA1"),
    ];
    expect(one).not.toBe(another);
    expect(Buffer.from(one, "base64").toString("latin1")).not.toContain("s3cret");
    expect(await opener().open(one, "AKIA1")).toBe("s3cret/+");
    expect(await opener().open(another, "AKIA1")).toBe("s3cret/+");
  });

  test("what was sealed for one key is not opened as another one's", async () => {
    const sealed = await sealer().seal("secret", "AKIA1");
    await expect(opener().open(sealed, "AKIA2")).rejects.toMatchObject({
      name: "InvalidCiphertextException",
    });
  });

  test.each([
    ["changed", (bytes: Buffer) => bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte))],
    ["cut off", (bytes: Buffer) => bytes.subarray(0, 20)],
    ["empty", () => Buffer.from("x")],
  ])("a ciphertext that was %s is refused", async (_, change) => {
    const sealed = Buffer.from(await sealer().seal("secret", "AKIA1"), "base64");
    const changed = Buffer.from(change(sealed)).toString("base64");
    await expect(opener().open(changed, "AKIA1")).rejects.toMatchObject({
      name: "InvalidCiphertextException",
    });
  });

  test("there is one key, and two things to do with it", async () => {
    const Plaintext = Buffer.from("x");
    await expect(
      client.send(new EncryptCommand({ KeyId: "alias/another", Plaintext })),
    ).rejects.toMatchObject({ name: "ValidationException" });
    await expect(
      client.send(new DecryptCommand({ KeyId: KMS_KEY_ID, CiphertextBlob: undefined })),
    ).rejects.toMatchObject({ name: "ValidationException" });
    await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });
});

describe("the key file", () => {
  test("is made at the first start, for its owner's eyes only, and kept", () => {
    const made = readFileSync(path, "utf8");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    kmsKey(path);
    expect(readFileSync(path, "utf8")).toBe(made);
  });

  test("opens after a restart what was sealed before", async () => {
    const sealed = Buffer.from(await sealer().seal("secret", "AKIA1"), "base64");
    const context = { "berth:accessKeyId": "AKIA1" };
    expect(kmsKey(path).decrypt(sealed, context)?.toString()).toBe("secret");
    rmSync(path);
    expect(kmsKey(path).decrypt(sealed, context)).toBeUndefined();
  });

  test("is refused where others may read it, or where it holds no key", () => {
    chmodSync(path, 0o640);
    expect(() => kmsKey(path)).toThrow(`chmod 600 ${path}`);
    writeFileSync(path, "short", { mode: 0o600 });
    chmodSync(path, 0o600);
    expect(() => kmsKey(path)).toThrow("does not hold an encryption key");
  });
});
