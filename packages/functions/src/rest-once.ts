import { createHash } from "node:crypto";
import type { CommandContext } from "@berth/control-plane/context";
import { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { createAnswerMemory, IDEMPOTENCY_KEYS, SIGNATURES } from "./answer-memory.ts";
import type { AnswerMemory } from "./answer-memory.ts";

type Result = APIGatewayProxyStructuredResultV2;

/** What this process has answered lately. */
export interface RestAnswers {
  readonly bySignature: AnswerMemory<Result>;
  readonly byKey: AnswerMemory<Result>;
}

export const createRestAnswers = (now: () => number): RestAnswers => ({
  bySignature: createAnswerMemory(now, SIGNATURES),
  byKey: createAnswerMemory(now, IDEMPOTENCY_KEYS),
});

/** A call under `/v1` as it came, its route found. */
export interface RestCall {
  readonly method: string;
  readonly rawPath: string;
  /** Of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Who calls, and what he was answered before. */
export interface RestCaller {
  readonly context: CommandContext;
  /** Absent where he showed a bearer token: those sign nothing. */
  readonly signature?: string;
  readonly answers: RestAnswers;
}

/**
 * Answers a call that changes something once for each `Idempotency-Key` of the caller, or else for
 * each signature.
 *
 * @throws EcsError InvalidSignatureException, ConflictException, InvalidParameterException
 */
export async function once(
  call: RestCall,
  { context, signature, answers }: RestCaller,
  answer: () => Promise<Result>,
): Promise<Result> {
  if (call.method === "GET") return answer();
  const key = idempotencyKey(call);
  if (key !== undefined) {
    const id = JSON.stringify([context.principalArn, key]);
    return answers.byKey.once(id, answer, fingerprint(call));
  }
  return signature === undefined ? answer() : answers.bySignature.once(signature, answer);
}

/** @throws EcsError InvalidParameterException */
export function idempotencyKey({ headers }: Pick<RestCall, "headers">): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined || /^[!-~]{1,255}$/.test(key)) return key;
  throw new EcsError(
    "InvalidParameterException",
    "Idempotency-Key: must be 1 to 255 visible ASCII characters.",
  );
}

function fingerprint({ method, rawPath, query, body }: RestCall): string {
  const text = JSON.stringify([method, rawPath, query.toString(), body]);
  return createHash("sha256").update(text).digest("base64url");
}
