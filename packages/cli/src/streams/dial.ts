import type { StreamTicket } from "@berth/contracts/rest/streams";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";

const HANDSHAKE_TIMEOUT_MS = 30_000;

/**
 * Opens a session's socket with its ticket.
 *
 * @throws Error with what the control plane says where it refuses, or why nobody answers
 */
export async function dial({ streamUrl, token }: StreamTicket): Promise<WebSocket> {
  const webSocket = new WebSocket(streamUrl, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  const opening = Promise.withResolvers<void>();
  webSocket.on("open", opening.resolve);
  webSocket.on("unexpected-response", (_request, response) => {
    void text(response).then((body) => opening.reject(new Error(refusalOf(body))), opening.reject);
  });
  // After the opening an error is followed by a close, which says it all.
  webSocket.on("error", ({ message }) =>
    opening.reject(new Error(`${new URL(streamUrl).origin}: ${message}`)),
  );
  await opening.promise;
  return webSocket;
}

/** As agents are refused too. */
function refusalOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message: { readonly message: string } };
    return message.message;
  } catch {
    return body;
  }
}
