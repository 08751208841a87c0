/** Who was asked said nothing in time. */
export class NoAnswer extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs / 1_000} s`);
    this.name = "NoAnswer";
  }
}

/**
 * Waits for a call no longer than so many ms. Its signal tells it to give up; one that does not listen,
 * or whose answer hangs half-way, is not waited for either.
 *
 * @throws NoAnswer, and what the call throws
 */
export async function within<T>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  const { promise: over, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new NoAnswer(limitMs));
  signal.addEventListener("abort", onAbort, { once: true });
  const called = call(signal);
  // It may still fail once nobody waits for it any more.
  called.catch(() => undefined);
  try {
    return await Promise.race([called, over]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * The same for a call that gives a stream: it has to begin in time, and may then last. Its signal ends
 * what did not, and what begins all the same.
 *
 * @throws NoAnswer, and what the call throws
 */
export async function beginWithin<T>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  try {
    return await within(limitMs, () => call(late.signal));
  } catch (error) {
    late.abort();
    throw error;
  }
}
