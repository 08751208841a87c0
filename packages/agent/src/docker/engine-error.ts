import { setTimeout as delay } from "node:timers/promises";

/** HTTP status of a refusal by the engine; undefined where it did not answer. */
export const statusOf = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" ? status : undefined;
};

/** Whether the engine has what is inspected. */
export async function isFound(inspection: Promise<unknown>): Promise<boolean> {
  try {
    await inspection;
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** The engine's own words, without the client's wrapping. */
export function messageOf(error: unknown): string {
  const said = (error as { json?: { message?: unknown } | null }).json?.message;
  if (typeof said === "string") return said;
  return error instanceof Error ? error.message : String(error);
}

/** What runc says where its own part inside of a container, some 14 MiB, did not live until the program's start. */
const STARTER_ENDED = /cannot start a stopped process/;

/** Why a container was not started, in the engine's words and, where they do not say it, in what they mean. */
export function startProblem(error: unknown): string {
  const message = messageOf(error);
  if (!STARTER_ENDED.test(message)) return message;
  return `${message} (what was to start it was killed: its memory may be too little)`;
}

/** The engine is restarting or gone: it may answer the same call later. */
function isEngineAway(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return statusOf(error) === undefined && AWAY_CODES.has(String(code));
}

const AWAY_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE"]);
const AWAY_RETRY_MS = 500;

/** Repeats an idempotent call while the engine is away, until the signal aborts. */
export async function whileAway<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isEngineAway(error) || signal.aborted) throw error;
      await delay(AWAY_RETRY_MS, undefined, { signal });
    }
  }
}
