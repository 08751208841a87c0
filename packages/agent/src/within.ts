/**
 * Waits for a call no longer than so many ms. Its signal tells it to give up; one that does not listen,
 * or whose answer hangs half-way, is not waited for either.
 */
export async function within<T>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  const { promise: over, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error(`no answer within ${limitMs / 1_000} s`));
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
