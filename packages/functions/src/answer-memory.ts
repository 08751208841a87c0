import { EcsError, isEcsError } from "@berth/domain/errors";

/**
 * Does what a signed request asks for once, however often it arrives. The best that one process can
 * do: on Lambda each has a memory of its own, and only the signature's age bounds the rest.
 */
export interface AnswerMemory {
  /**
   * Runs `answer`, unless this signature was answered before: shortly before, and the repetition
   * gets the same answer; longer ago, and it is refused.
   *
   * @throws EcsError InvalidSignatureException
   */
  once(signature: string, answer: () => Promise<string>): Promise<string>;
}

/**
 * The AWS CLI signs nothing unique and to the second: two equal commands within a second have one
 * signature, and neither may fail. So long the first one's answer is kept, in ms.
 */
const ANSWER_KEPT_MS = 3000;

/** A signature is good from five minutes before its time to five minutes after, in ms. */
const SIGNATURE_KEPT_MS = 10 * 60_000;
const SIGNATURES_KEPT = 50_000;

export function createAnswerMemory(now: () => number): AnswerMemory {
  const answers = new Map<string, Kept & { readonly answer: Promise<string> }>();
  const signatures = new Map<string, Kept>();

  function remember(signature: string, answer: Promise<string>, time: number): void {
    forget(signature);
    answers.set(signature, { answer, until: time + ANSWER_KEPT_MS });
    signatures.set(signature, { until: time + SIGNATURE_KEPT_MS });
    prune(answers, time);
    prune(signatures, time);
  }

  function forget(signature: string): void {
    answers.delete(signature);
    signatures.delete(signature);
  }

  return {
    async once(signature, answer) {
      const time = now();
      const known = answers.get(signature);
      if (isKept(known, time)) return known.answer;
      if (isKept(signatures.get(signature), time)) throw refusal();

      const given = answer();
      remember(signature, given, time);
      try {
        return await given;
      } catch (error) {
        // A fault of ours may be tried again; a refusal stands.
        if (!isEcsError(error)) forget(signature);
        throw error;
      }
    },
  };
}

interface Kept {
  /** Epoch ms. */
  readonly until: number;
}

function isKept<Entry extends Kept>(entry: Entry | undefined, time: number): entry is Entry {
  return entry !== undefined && entry.until > time;
}

/** Drops what is too old or too much, from the oldest on: a Map keeps the order of arrival. */
function prune(entries: Map<string, Kept>, time: number): void {
  for (const [signature, entry] of entries) {
    if (isKept(entry, time) && entries.size <= SIGNATURES_KEPT) return;
    entries.delete(signature);
  }
}

const refusal = () =>
  new EcsError(
    "InvalidSignatureException",
    "A request with this signature was answered before. Sign it again.",
  );
