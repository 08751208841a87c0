import { INSTALLATION_HEADER, readCallerIdentity } from "@berth/contracts/rest/join";
import type { CallerIdentity } from "@berth/contracts/rest/join";
import { EcsError } from "@berth/domain/errors";

/** A strange server must not hold a function for its whole time. */
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16 * 1024;
/** Strangers make us ask: they get so many questions at once from one process. */
const MAX_AT_ONCE = 20;

/** Codes of STS. */
const IS_THROTTLING = /"(Throttling|ThrottlingException|RequestLimitExceeded)"/;

/**
 * Asks STS whose signature it is, by sending the request that somebody else has signed. No identity
 * of ours is involved, so this needs no permission.
 */
export function createCallerIdentities() {
  let atOnce = 0;
  return {
    async identify(
      { url }: { readonly url: string },
      installation: string,
    ): Promise<CallerIdentity | "refused"> {
      if (atOnce >= MAX_AT_ONCE) throw tooMany();
      atOnce += 1;
      try {
        return await ask(url, installation);
      } finally {
        atOnce -= 1;
      }
    },
  };
}

async function ask(url: string, installation: string): Promise<CallerIdentity | "refused"> {
  const response = await fetch(url, {
    headers: { accept: "application/json", [INSTALLATION_HEADER]: installation },
    // A request signed for STS goes to STS.
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await readText(response);
  if (response.ok) return readCallerIdentity(text);
  if (response.status >= 500) throw new Error(`STS answered ${response.status}.`);
  if (IS_THROTTLING.test(text)) throw tooMany();
  return "refused";
}

const tooMany = () => new EcsError("ThrottlingException", "Rate exceeded");

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("STS's answer is too long.");
  }
  return Buffer.concat(chunks).toString("utf8");
}
