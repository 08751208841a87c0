import { EcsError, isEcsError } from "@berth/domain/errors";

/**
 * Does what a request asks for once, however often it arrives. The best that one process can do: on
 * Lambda each has a memory of its own, and only the signature's age bounds the rest.
 */
export interface AnswerMemory<Answer> {
  /**
   * Runs `answer`, unless this id was answered before: shortly before, and the repetition gets the
   * same answer; longer ago, and it is refused.
   *
   * @param what of two requests with one id, whether they are the same
   * @throws EcsError as the memory's rules say
   */
  once(id: string, answer: () => Promise<Answer>, what?: string): Promise<Answer>;
}

export interface MemoryRules {
  /** So long an answer is given again, in ms. */
  readonly answerKeptMs: number;
  /** So long an id is known, in ms. */
  readonly idKeptMs: number;
  readonly idsKept: number;
  /** For an id that was used for another request, or too long ago. */
  readonly refusal: () => EcsError;
}

/**
 * The AWS CLI signs nothing unique and to the second: two equal commands within a second have one
 * signature, and neither may fail. A signature is good from five minutes before its time to five
 * minutes after.
 */
export const SIGNATURES: MemoryRules = {
  answerKeptMs: 3000,
  idKeptMs: 10 * 60_000,
  idsKept: 50_000,
  refusal: () =>
    new EcsError(
      "InvalidSignatureException",
      "A request with this signature was answered before. Sign it again.",
    ),
};

/** Of clients that do not know whether they were heard. Answers are whole bodies: few are kept. */
export const IDEMPOTENCY_KEYS: MemoryRules = {
  answerKeptMs: 10 * 60_000,
  idKeptMs: 10 * 60_000,
  idsKept: 500,
  refusal: () =>
    new EcsError("ConflictException", "Idempotency-Key: was used for another request."),
};

export function createAnswerMemory<Answer>(
  now: () => number,
  rules: MemoryRules,
): AnswerMemory<Answer> {
  const answers = new Map<string, Kept & { readonly answer: Promise<Answer> }>();
  const ids = new Map<string, Kept & { readonly what: string }>();

  function remember(id: string, answer: Promise<Answer>, what: string): void {
    const time = now();
    forget(id);
    answers.set(id, { answer, until: time + rules.answerKeptMs });
    ids.set(id, { what, until: time + rules.idKeptMs });
    prune(answers, time, rules);
    prune(ids, time, rules);
  }

  function forget(id: string): void {
    answers.delete(id);
    ids.delete(id);
  }

  return {
    async once(id, answer, what = "") {
      const time = now();
      const known = ids.get(id);
      if (isKept(known, time) && known.what !== what) throw rules.refusal();
      const kept = answers.get(id);
      if (isKept(kept, time)) return kept.answer;
      if (isKept(known, time)) throw rules.refusal();

      const given = answer();
      remember(id, given, what);
      try {
        return await given;
      } catch (error) {
        // A fault of ours may be tried again; a refusal stands.
        if (!isEcsError(error)) forget(id);
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
function prune(entries: Map<string, Kept>, time: number, { idsKept }: MemoryRules): void {
  for (const [id, entry] of entries) {
    if (isKept(entry, time) && entries.size <= idsKept) return;
    entries.delete(id);
  }
}
