import type { Envelope } from "@berth/contracts/agent/messages";
import type { ControlPlane } from "../context.ts";

/** What whoever leads sessions from end to end works with. */
export interface StreamControlPlane extends ControlPlane {
  readonly connections: ConnectionPusher;
  readonly audit: StreamAudit;
}

/** Pushes to any connection, an agent's or a client's. */
export interface ConnectionPusher {
  push(connectionId: string, message: Envelope): Promise<"sent" | "gone">;
}

/** Where beginnings and ends are told besides the events: who, where and what, never the data. */
export interface StreamAudit {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
}
