import type { ApiTokenDescription, CreatedApiToken } from "@berth/contracts/rest/api-tokens";
import { table } from "./text-table.ts";

/** A new token, in a line that a shell can pick out as it does those of `berth keys create`. */
export function createdTokenText(token: CreatedApiToken): string {
  return `Token of ${token.principal} (${token.kind}), until ${token.expiresAt}. It is not shown again.

export BERTH_TOKEN=${token.token}`;
}

export function tokensText(tokens: readonly ApiTokenDescription[]): string {
  if (tokens.length === 0) return "There are no tokens.";
  const head = ["TOKEN", "PRINCIPAL", "KIND", "CREATED", "EXPIRES"];
  const rows = tokens.map((token) => [
    token.tokenId,
    token.principal,
    token.kind,
    token.createdAt,
    token.expiresAt,
  ]);
  return table([head, ...rows]).join("\n");
}
