import { invalidParameter } from "../refusal.ts";

export interface PageInput {
  readonly NamePrefix?: string | undefined;
  readonly NextToken?: string | undefined;
  readonly Limit?: number | undefined;
}

const DEFAULT_LIMIT = 100;

/**
 * A page of what is listed by its names, of those that begin as is asked. A token names the last one of the page before, so that it
 * survives whatever is made and deleted in between.
 *
 * @throws EventBridgeRefusal ValidationException
 */
export function pageOf<Item>(
  items: Iterable<Item>,
  nameOf: (item: Item) => string,
  { NamePrefix = "", NextToken, Limit = DEFAULT_LIMIT }: PageInput,
): { readonly items: readonly Item[]; readonly token: { readonly NextToken?: string } } {
  const after = NextToken === undefined ? "" : nameIn(NextToken);
  const rest = [...items]
    .filter((item) => nameOf(item).startsWith(NamePrefix) && nameOf(item) > after)
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = rest.slice(0, Limit);
  const last = page.at(-1);
  const token =
    last !== undefined && rest.length > Limit ? { NextToken: tokenOf(nameOf(last)) } : {};
  return { items: page, token };
}

const MARK = "after:";

const tokenOf = (name: string): string => Buffer.from(`${MARK}${name}`).toString("base64url");

function nameIn(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (text.startsWith(MARK) && tokenOf(text.slice(MARK.length)) === token) {
    return text.slice(MARK.length);
  }
  throw invalidParameter("NextToken", "It is none that this list gave.");
}
