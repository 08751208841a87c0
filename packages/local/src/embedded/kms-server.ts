import { createServer, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { readBody } from "../http/body.ts";
import type { KmsKey } from "./kms-key.ts";
import { listenOnSocket } from "./listen-on-socket.ts";

/** The one key of one machine, as the functions are told its name. */
export const KMS_KEY_ID = "alias/berth-access-keys";

/** KMS itself takes no more than 4 KB of plaintext. */
const MAX_REQUEST_BYTES = 16 * 1024;

const context = z.record(z.string(), z.string()).default({});
const encryptRequest = z.object({
  KeyId: z.literal(KMS_KEY_ID),
  Plaintext: z.base64(),
  EncryptionContext: context,
});
const decryptRequest = z.object({
  KeyId: z.literal(KMS_KEY_ID),
  CiphertextBlob: z.base64(),
  EncryptionContext: context,
});

/** What is answered to a request, or the exception that refuses it. */
type Outcome = { readonly answer: object } | { readonly exception: string };

/**
 * As much of KMS as Berth calls, on a Unix socket: Encrypt and Decrypt with one key, in awsJson1.1.
 * It authenticates nobody (ADR 0005): who reaches the socket could read the key as well.
 */
export async function startKms(key: KmsKey, socketPath: string): Promise<Server> {
  const server = createServer((request, response) => {
    const target = String(request.headers["x-amz-target"]);
    readBody(request, MAX_REQUEST_BYTES)
      .then((body) =>
        respond(response, body === "tooLarge" ? INVALID : carryOut(key, target, body)),
      )
      .catch(() => response.destroy());
  });
  await listenOnSocket(server, socketPath);
  return server;
}

const INVALID: Outcome = { exception: "ValidationException" };

function carryOut(key: KmsKey, target: string, body: Buffer): Outcome {
  const operation = OPERATIONS[target];
  if (!operation) return { exception: "UnknownOperationException" };
  try {
    return operation(key, JSON.parse(body.toString("utf8")));
  } catch {
    // Not JSON, or not what the operation takes. What it was is nobody's business.
    return INVALID;
  }
}

const OPERATIONS: Readonly<Record<string, (key: KmsKey, request: unknown) => Outcome>> = {
  "TrentService.Encrypt": (key, request) => {
    const { Plaintext, EncryptionContext } = encryptRequest.parse(request);
    const ciphertext = key.encrypt(Buffer.from(Plaintext, "base64"), EncryptionContext);
    return { answer: { KeyId: KMS_KEY_ID, CiphertextBlob: ciphertext.toString("base64") } };
  },
  "TrentService.Decrypt": (key, request) => {
    const { CiphertextBlob, EncryptionContext } = decryptRequest.parse(request);
    const plaintext = key.decrypt(Buffer.from(CiphertextBlob, "base64"), EncryptionContext);
    if (!plaintext) return { exception: "InvalidCiphertextException" };
    return { answer: { KeyId: KMS_KEY_ID, Plaintext: plaintext.toString("base64") } };
  },
};

function respond(response: ServerResponse, outcome: Outcome): void {
  const isRefusal = "exception" in outcome;
  response.writeHead(isRefusal ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(isRefusal ? { __type: outcome.exception } : outcome.answer));
}
