import type { IncomingMessage } from "node:http";

/** Lambda's limit for an invocation's payload: what an API behind API Gateway can take. */
export const MAX_BODY_BYTES = 6 * 1024 * 1024;

/**
 * The whole body, or `tooLarge` as soon as that is clear: from the declared length, else at the
 * byte over the limit. Nothing beyond it is kept.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes = MAX_BODY_BYTES,
): Promise<Buffer | "tooLarge"> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return "tooLarge";
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      request.removeAllListeners("data");
      resolve("tooLarge");
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
  });
}
