import { kindOf } from "./keys.ts";
import { toLedger } from "./repositories/ledger.ts";
import { toService } from "./repositories/service.ts";
import { toStreamSession } from "./repositories/stream-session.ts";
import { toTask } from "./repositories/task.ts";
import type { Change } from "./store.ts";
import type { Item } from "./table.ts";

/** What a write did, by the item before and after it; undefined where that is nobody's business. */
export function toChange(after: Item, before?: Item): Change | undefined {
  switch (kindOf(after)) {
    case "tasks":
      return { kind: "task", ...ofOneLife(toTask(after), before && toTask(before)) };
    case "services":
      return { kind: "service", ...ofOneLife(toService(after), before && toService(before)) };
    case "streamSessions":
      return {
        kind: "streamSession",
        after: toStreamSession(after),
        ...(before && { before: toStreamSession(before) }),
      };
    case "ledgers":
      return {
        kind: "ledger",
        after: toLedger(after),
        ...(before && { before: toLedger(before) }),
      };
    default:
      return undefined;
  }
}

/** Who takes the place of an expired task or of an INACTIVE service does not go on from its state. */
function ofOneLife<T extends { readonly createdAt: number }>(
  after: T,
  before: T | undefined,
): { readonly after: T; readonly before?: T } {
  return before?.createdAt === after.createdAt ? { before, after } : { after };
}
