import { decodeToken, encodeToken } from "@berth/control-plane/commands/paging";
import type { PageRequest } from "@berth/store/store";
import { z } from "zod";
import { readBody } from "./rest-call.ts";
import type { RestRequest } from "./rest-routes.ts";

const PAGE = 100;

/** What every list of Berth's own can be asked. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE).default(PAGE),
  cursor: z.string().optional(),
});

/** @throws EcsError InvalidParameterException */
export function readPage(parameters: RestRequest["parameters"]): PageRequest {
  const { limit, cursor } = readBody(pageQuery, parameters);
  return cursor === undefined ? { limit } : { limit, startAfter: decodeToken(cursor, "cursor") };
}

/** A page whose `next` says nothing of where it is: what it holds may be changed any time. */
export function opaque<Page extends { readonly next?: string }>(page: Page): Page {
  return page.next === undefined ? page : { ...page, next: encodeToken(page.next) };
}
