/** The ETag of a record's version. It is of the record: counts and events beside it have none. */
export const entityTag = (version: number): string => `"${version}"`;

/**
 * Versions that an `If-Match` lets pass; undefined where it lets all pass or is not there. Tags that
 * are not ours, and weak ones, match nothing. Source: RFC 9110, 13.1.1.
 */
export function expectedVersions(ifMatch: string | undefined): ReadonlySet<number> | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const tags = ifMatch.split(",").map((each) => each.trim());
  return new Set(tags.flatMap((tag) => /^"(\d{1,15})"$/.exec(tag)?.[1] ?? []).map(Number));
}
