import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Log } from "../log.ts";
import { Backoff } from "./backoff.ts";
import type { OpenSocket, SocketEnd } from "./socket.ts";

/** One of the agent's two sockets, as far as keeping it open goes. */
export interface Link {
  readonly name: string;
  readonly retry: { readonly firstMs: number; readonly factor: number; readonly maxMs: number };
  open(): Promise<OpenSocket>;
  onOpen(webSocket: WebSocket): void;
  /** Whether the message is one that shows the server to be alive. */
  onMessage(text: string): boolean;
  onClosed(): void;
  /** Ms to wait instead of the back-off after this failure, where it is a special one. */
  waitAfter?(error: unknown): number | undefined;
}

export interface ConnectionTimes {
  /** Without a sign of life for so long, up to twice that, the agent hangs up. */
  readonly silenceMs: number;
  /** Even a good connection is renewed after so long, and up to a sixth more. */
  readonly renewAfterMs: number;
}

export const CONNECTION_TIMES: ConnectionTimes = { silenceMs: 60_000, renewAfterMs: 30 * 60_000 };

/** Normal ends and broken lines: the server, or another one, is there again at once. */
const AT_ONCE = new Set([1000, 1001, 1006, 1011]);
/** A connection that ended sooner is a failure whatever its code, or an agent could become a storm. */
const MIN_LIFE_MS = 1_000;
/** A connection that held so long proves that the trouble is over. */
const STABLE_AFTER_MS = 60_000;

/** Keeps a link connected until the signal aborts: dials, serves, and dials again after a wait. */
export async function keepConnected(
  link: Link,
  parts: { readonly log: Log; readonly signal: AbortSignal; readonly times: ConnectionTimes },
): Promise<void> {
  const { log, signal } = parts;
  const backoff = new Backoff(link.retry);
  while (!signal.aborted) {
    const openedAt = performance.now();
    try {
      const end = await serve(link, await link.open(), parts);
      const lifeMs = performance.now() - openedAt;
      log.info("disconnected", { link: link.name, code: end.code, reason: end.reason });
      if (lifeMs >= STABLE_AFTER_MS) backoff.reset();
      if (AT_ONCE.has(end.code) && lifeMs >= MIN_LIFE_MS) continue;
      await wait(backoff.next(), signal);
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = link.waitAfter?.(error) ?? backoff.next();
      log.warn("connection-failed", { link: link.name, error, waitMs: Math.round(waitMs) });
      await wait(waitMs, signal);
    }
  }
}

async function serve(
  link: Link,
  { webSocket, closed }: OpenSocket,
  {
    log,
    signal,
    times,
  }: { readonly log: Log; readonly signal: AbortSignal; readonly times: ConnectionTimes },
): Promise<SocketEnd> {
  log.info("connected", { link: link.name });
  const silence = setTimeout(() => webSocket.terminate(), times.silenceMs * (1 + Math.random()));
  const renewal = setTimeout(
    () => webSocket.close(1000, "ConnectionExpired: Reconnect to continue"),
    times.renewAfterMs * (1 + Math.random() / 6),
  );
  const hangUp = () => webSocket.terminate();
  signal.addEventListener("abort", hangUp);
  webSocket.on("message", (data) => {
    // With ws's defaults a text message is one Buffer.
    if (link.onMessage((data as Buffer).toString("utf8"))) silence.refresh();
  });
  link.onOpen(webSocket);
  if (signal.aborted) hangUp();
  const end = await closed;
  signal.removeEventListener("abort", hangUp);
  clearTimeout(silence);
  clearTimeout(renewal);
  link.onClosed();
  return end;
}

const wait = (waitMs: number, signal: AbortSignal): Promise<void> =>
  delay(waitMs, undefined, { signal }).catch(() => undefined);
