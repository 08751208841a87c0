import { invalid } from "../refusal.ts";

export interface PageInput {
  readonly limit?: number | undefined;
  readonly nextToken?: string | undefined;
}

const DEFAULT_LIMIT = 50;

/**
 * A page of a list in its order. A token names the last one of the page before.
 *
 * @throws LogsRefusal InvalidParameterException where that is not there (any more)
 */
export function pageOf<Item extends { readonly name: string }>(
  items: readonly Item[],
  { limit = DEFAULT_LIMIT, nextToken }: PageInput,
): { readonly items: readonly Item[]; readonly token: { readonly nextToken?: string } } {
  const start = nextToken === undefined ? 0 : startAfter(items, nextToken);
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < items.length;
  return { items: page, token: hasMore ? { nextToken: tokenOf(last.name) } : {} };
}

const tokenOf = (name: string): string => Buffer.from(name).toString("base64url");

function startAfter(items: readonly { readonly name: string }[], token: string): number {
  const index = items.findIndex(({ name }) => tokenOf(name) === token);
  if (index < 0) throw invalid("The specified nextToken is invalid.");
  return index + 1;
}
