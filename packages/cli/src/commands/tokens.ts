import { readFileSync } from "node:fs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import type {
  ApiTokenDescription,
  ApiTokenPage,
  CreatedApiToken,
} from "@berth/contracts/rest/api-tokens";
import { createdTokenText, tokensText } from "../tokens-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

export interface CreateTokenOptions extends RestOptions {
  readonly principal: string;
  readonly administrator?: boolean;
  /** Path of a policy document. */
  readonly policy?: string;
  readonly expiresAt?: string;
}

const PATH = "/v1/tokens";

/** `berth tokens create`. Returns the exit code, as all of these do. */
export async function createToken(options: CreateTokenOptions): Promise<number> {
  const { principal, administrator, policy, expiresAt } = options;
  if (!administrator && policy === undefined) {
    process.stderr.write("Say what the token may do: --administrator or --policy <file>.\n");
    return EXIT_CODES.usage;
  }
  const grant =
    policy === undefined
      ? { kind: "administrator" }
      : { kind: "policy", policy: JSON.parse(readFileSync(policy, "utf8")) as unknown };
  const body = { principal, ...grant, ...(expiresAt !== undefined && { expiresAt }) };
  return withBerth(options, async (berth) => {
    const token = (await berth("POST", PATH, body)) as CreatedApiToken;
    say(options, token, createdTokenText(token));
  });
}

/** `berth tokens list`: all of them, page by page. */
export async function listTokens(options: RestOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const tokens: ApiTokenDescription[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      const page = (await berth("GET", `${PATH}${query}`)) as ApiTokenPage;
      tokens.push(...page.tokens);
      cursor = page.next;
    } while (cursor !== undefined);
    say(options, tokens, tokensText(tokens));
  });
}

/** `berth tokens revoke`. */
export async function revokeToken(id: string, options: RestOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    await berth("DELETE", `${PATH}/${encodeURIComponent(id)}`);
    say(options, { tokenId: id, revoked: true }, `${id} is revoked.`);
  });
}
