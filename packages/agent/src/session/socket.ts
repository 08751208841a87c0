import { WebSocket } from "ws";
import { socketAgent } from "../proxy.ts";
import type { SignUrl } from "./signing.ts";

export interface OpenSocket {
  readonly webSocket: WebSocket;
  /** Why it closed, once it did. Never rejects. */
  readonly closed: Promise<SocketEnd>;
}

export interface SocketEnd {
  /** 1006 where the connection broke. */
  readonly code: number;
  readonly reason: string;
}

/** The server refused the handshake, with an error of ECS's where its body holds one. */
export class HandshakeRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "HandshakeRefused";
    this.code = code;
  }
}

const HANDSHAKE_TIMEOUT_MS = 30_000;
const MAX_REFUSAL_BYTES = 65_536;

/** Where a discovered endpoint's socket is, with its parameters in the order that the agent sends. */
export function socketUrl(endpoint: string, parameters: Readonly<Record<string, string>>): URL {
  const base = endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
  const url = new URL("ws", base.replace(/^http/, "ws"));
  for (const [name, value] of Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    url.searchParams.set(name, value);
  }
  // SigV4 and the servers that check it know %20, not the plus sign of forms.
  url.search = url.search.replaceAll("+", "%20");
  return url;
}

/**
 * Opens a signed socket.
 *
 * @throws HandshakeRefused where the server answered otherwise; any error where it did not answer
 */
export async function openSocket(url: URL, sign: SignUrl): Promise<OpenSocket> {
  const headers = await sign(url);
  const webSocket = new WebSocket(url, {
    headers: { ...headers },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    ...socketAgent(url),
  });
  const opening = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<SocketEnd>();
  webSocket.on("open", opening.resolve);
  // After the opening an error is followed by a close, which says it all.
  webSocket.on("error", opening.reject);
  webSocket.on("close", (code, reason) => closing.resolve({ code, reason: reason.toString() }));
  webSocket.on("unexpected-response", (_request, response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      if (body.length < MAX_REFUSAL_BYTES) body += chunk;
    });
    response.on("end", () => opening.reject(refusal(response.statusCode ?? 0, body)));
    response.on("error", opening.reject);
  });
  await opening.promise;
  return { webSocket, closed: closing.promise };
}

/** API Gateway ends a connection with a longer frame, though it takes messages of four times that. */
const MAX_FRAME_BYTES = 32_000;

/** Sends one text message, in as many frames as it needs. */
export function sendText(webSocket: WebSocket, text: string): void {
  const bytes = Buffer.from(text);
  for (let start = 0; start === 0 || start < bytes.length; start += MAX_FRAME_BYTES) {
    const end = start + MAX_FRAME_BYTES;
    webSocket.send(bytes.subarray(start, end), { binary: false, fin: end >= bytes.length });
  }
}

/** Two forms are in use: `{"type":"X","message":{"message":"text"}}` and `{"X":"text"}`. */
function refusal(status: number, body: string): HandshakeRefused {
  const { type, message } = parseRefusal(body);
  return new HandshakeRefused(type ?? `Http${status}`, message ?? body.slice(0, 200));
}

function parseRefusal(body: string): { readonly type?: string; readonly message?: string } {
  try {
    const parsed = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const { type, message } = parsed;
    if (typeof type === "string") {
      const text = (message as { message?: unknown } | undefined)?.message;
      return { type, ...(typeof text === "string" && { message: text }) };
    }
    const [first] = Object.entries(parsed);
    return first ? { type: first[0], message: String(first[1]) } : {};
  } catch {
    return {};
  }
}
