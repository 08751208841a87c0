import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { DestinationCall } from "./destination-call.ts";
import { hostOf, lookupFor, mayCall } from "./endpoint.ts";

export type CallOutcome =
  | { readonly kind: "delivered" }
  /** Worth another try, or not. */
  | { readonly kind: "failed" | "refused"; readonly why: string };

/** As EventBridge waits. Source: EventBridge user guide, API destinations. */
const CALL_TIMEOUT_MS = 5_000;

/** Those that EventBridge calls again, besides 5xx. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([401, 407, 409, 429]);

/**
 * Sends the request once. Answers are not read and redirects not followed: an answer is its status.
 * Never throws, and tells nothing of the request but its host.
 */
export async function callDestination(
  call: DestinationCall,
  { signal, timeoutMs = CALL_TIMEOUT_MS }: { signal: AbortSignal; timeoutMs?: number },
): Promise<CallOutcome> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const status = await send(call, AbortSignal.any([signal, timeout]));
    return outcomeOf(status);
  } catch (error) {
    if (timeout.aborted) return failed(`No answer within ${timeoutMs} ms`);
    return failed(error instanceof Error ? whyOf(error) : "The call failed");
  }
}

const failed = (why: string): CallOutcome => ({ kind: "failed", why });

/** Of several addresses the errors are in a list, and the message is empty. */
const whyOf = (error: Error): string =>
  error.message === "" && "code" in error ? String(error.code) : error.message;

function outcomeOf(status: number): CallOutcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const why = `The answer was ${status}`;
  return status >= 500 || RETRIED_STATUSES.has(status) ? failed(why) : { kind: "refused", why };
}

async function send({ url, method, headers, body }: DestinationCall, signal: AbortSignal) {
  const { protocol } = url;
  const host = hostOf(url);
  // Of an address nobody looks up a name.
  if (isIP(host) !== 0 && !mayCall(protocol, host)) {
    throw new Error(`${host} is where no call may go.`);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  const request = (protocol === "https:" ? httpsRequest : httpRequest)(url, {
    method,
    headers: { ...headers, ...(hasBody && { "content-length": Buffer.byteLength(body) }) },
    lookup: lookupFor(protocol),
    // No connection outlives its call.
    agent: false,
    signal,
  });
  // Also what happens to it once its answer is known.
  request.on("error", () => undefined);
  request.end(hasBody ? body : undefined);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  // Whoever goes on talking is cut off.
  response.on("error", () => undefined);
  response.destroy();
  return response.statusCode ?? 0;
}
