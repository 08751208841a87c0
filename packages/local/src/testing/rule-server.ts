import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { RuleBook } from "../event-bridge/rule-book.ts";
import { type EventBridgeServer, serveEventBridge } from "./event-bridge-server.ts";

export interface RuleServer extends EventBridgeServer {
  readonly eventBridge: EventBridgeClient;
  /** What a Berth that is started again would know. */
  readAgain(): RuleBook;
}

/** An EventBridge whose events go nowhere, with rules in a directory of its own. */
export async function serveRules(): Promise<RuleServer> {
  const directory = mkdtempSync(join(tmpdir(), "berth-rules-"));
  const path = join(directory, "rules.json");
  let ids = 0;
  const server = await serveEventBridge({
    book: new RuleBook(path),
    newId: () => `id-${(ids += 1)}`,
    keep: async () => undefined,
  });
  return {
    ...server,
    eventBridge: server.client(),
    readAgain: () => new RuleBook(path),
    close: () => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
